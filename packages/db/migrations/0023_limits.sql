-- Limits that could be walked round, or locked their callers out.

-- A job that runs again takes room in the queue as a new one does: without this, what was cancelled and retried waited beside as much again. Fired
-- after backlog_changed (0013_backlog.sql; triggers go by name), which has counted it.
CREATE FUNCTION refuse_more_than_room() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF units_left(NEW) > 0 THEN
    PERFORM room_left(NEW.tenant_id, NEW.key_id, 0, 0, units_left(NEW), (SELECT coalesce(sum(f.bytes), 0)::bigint FROM files f WHERE f.job_id = NEW.id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER backlog_room AFTER UPDATE OF finished_at ON jobs FOR EACH ROW
  WHEN (OLD.finished_at IS NOT NULL AND NEW.finished_at IS NULL) EXECUTE FUNCTION refuse_more_than_room();

-- As before (0016_access.sql), but a count from further ahead than it reaches is begun anew: the clock has been put back, and for as long as it was ahead
-- nobody would be granted anything.
CREATE OR REPLACE FUNCTION take_requests(tenant uuid, counted_for uuid, wanted integer, most integer)
RETURNS TABLE (granted integer, slot_seconds double precision, retry_seconds integer)
LANGUAGE plpgsql AS $$
DECLARE
  slots CONSTANT integer := 13;
  seconds CONSTANT integer := 5;
  at_second double precision;
  this_slot bigint;
  known request_counts;
  used integer;
  oldest integer;
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  INSERT INTO request_counts (subject, tenant_id, slot, counts)
  VALUES (counted_for, tenant, 0, array_fill(0, ARRAY[slots])) ON CONFLICT DO NOTHING;
  SELECT * INTO STRICT known FROM request_counts c WHERE c.subject = counted_for FOR UPDATE;
  at_second := extract(epoch FROM clock_timestamp());
  this_slot := floor(at_second / seconds)::bigint;
  IF known.slot > this_slot + slots THEN
    known.slot := 0;
  END IF;
  this_slot := greatest(known.slot, this_slot);
  known.counts := (array_fill(0, ARRAY[least(slots, this_slot - known.slot)::integer]) || known.counts)[1:slots];
  SELECT sum(n), max(place) FILTER (WHERE n > 0) INTO used, oldest FROM unnest(known.counts) WITH ORDINALITY u (n, place);
  granted := greatest(0, least(wanted, most - used));
  known.counts[1] := known.counts[1] + granted;
  UPDATE request_counts c SET slot = this_slot, counts = known.counts WHERE c.subject = counted_for;
  slot_seconds := (this_slot + 1) * seconds - at_second;
  IF granted = 0 THEN
    retry_seconds := greatest(1, ceil((this_slot + slots + 1 - oldest) * seconds - at_second));
  END IF;
  RETURN NEXT;
END $$;
