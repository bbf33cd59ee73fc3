-- What became of the images of pages is kept with a claim: it was a transaction of its own for each page, a quarter of all that a page took, and the next claim
-- of the same process comes some milliseconds later.

-- As mark_renditions (0008_page_images_and_cache.sql) for each of them, but that the commit is as the caller's is. Gives the jobs that are gone: the images of
-- their pages must go too.
CREATE FUNCTION mark_all_renditions(page_jobs uuid[], page_files integer[], page_frames integer[], outcomes text[]) RETURNS uuid[]
-- Planned for any job, most of which have few pages, all pages of a large one would be gone through.
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  place integer;
  gone uuid[] := '{}';
BEGIN
  FOR place IN 1 .. cardinality(page_jobs) LOOP
    -- A second worker that failed at them does not undo what the first one made.
    UPDATE pages p SET renditions = CASE WHEN p.renditions = 'made' THEN 'made' ELSE outcomes[place] END
    WHERE p.job_id = page_jobs[place] AND p.file_index = page_files[place] AND p.frame = page_frames[place];
    IF NOT FOUND THEN
      gone := gone || page_jobs[place];
    END IF;
  END LOOP;
  RETURN gone;
END $$;

GRANT EXECUTE ON FUNCTION mark_all_renditions(uuid[], integer[], integer[], text[]) TO docusnap_worker;
