-- Append-only tables are partitioned by month of their time: old rows go by dropping a whole month. One function looks after all of them.

-- For each partitioned table of this schema: makes the partitions of this month and so many after it, and drops those whose rows are all past their
-- keep (table keeps; 13 months for a table that is not in it). Rows for which there was no partition lie in the default one: they move where they belong,
-- or go. Months are UTC's. A table that somebody holds is left for the next time; its name is given.
--
-- A partition is attached, not made in place: that locks nobody out of the table. Dropping one does, for as long as it takes.
CREATE FUNCTION keep_partitions(today timestamptz DEFAULT now(), months_ahead integer DEFAULT 2)
RETURNS TABLE (made integer, dropped integer, left_over text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '800ms' AS $$
DECLARE
  parent record;
  part record;
  month timestamptz;
  name text;
  kept_from timestamptz;
  moved bigint;
BEGIN
  made := 0;
  dropped := 0;
  left_over := '{}';
  FOR parent IN
    SELECT c.oid, c.relname, a.attname AS by_column, d.relname AS rest,
      today - make_interval(secs => coalesce((SELECT k.keep_seconds FROM keeps k WHERE k.name = c.relname), 34214400)) AS keep_from
    FROM pg_partitioned_table p
      JOIN pg_class c ON c.oid = p.partrelid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0] AND a.atttypid = 'timestamptz'::regtype
      LEFT JOIN pg_class d ON d.oid = p.partdefid
    WHERE c.relnamespace = 'public'::regnamespace AND p.partstrat = 'r' AND p.partnatts = 1 ORDER BY c.relname
  LOOP
    BEGIN
      FOR month IN SELECT generate_series(date_trunc('month', today), date_trunc('month', today) + make_interval(months => months_ahead), '1 month') LOOP
        name := parent.relname || to_char(month, '_YYYY_MM');
        CONTINUE WHEN to_regclass(quote_ident(name)) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE)', name, parent.relname);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        IF parent.rest IS NOT NULL THEN
          -- Nobody may add to it between the move and the attachment.
          EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', parent.rest);
          EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %2$I < %4$L RETURNING *) INSERT INTO %5$I SELECT * FROM moved',
            parent.rest, parent.by_column, month, month + interval '1 month', name);
        END IF;
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent.relname, name, month, month + interval '1 month');
        made := made + 1;
      END LOOP;

      FOR part IN
        SELECT c.relname, (regexp_match(pg_get_expr(c.relpartbound, c.oid), $r$TO \('([^']+)'\)$r$))[1]::timestamptz AS ends_at
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = parent.oid
      LOOP
        CONTINUE WHEN part.ends_at IS NULL OR part.ends_at > parent.keep_from;
        EXECUTE format('DROP TABLE %I', part.relname);
        dropped := dropped + 1;
      END LOOP;

      IF parent.rest IS NOT NULL THEN
        EXECUTE format('DELETE FROM %I WHERE %I < %L', parent.rest, parent.by_column, parent.keep_from);
      END IF;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      left_over := left_over || parent.relname::text;
    END;
  END LOOP;
  RETURN NEXT;
END $$;

GRANT EXECUTE ON FUNCTION keep_partitions(timestamptz, integer) TO docusnap_worker;

SELECT keep_partitions();
