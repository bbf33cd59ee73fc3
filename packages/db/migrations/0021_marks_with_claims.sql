-- What became of the images of pages is kept with a claim: it was a transaction of its own for each page, a quarter of all that a page took, and the next claim
-- of the same process comes some milliseconds later.

-- As mark_renditions (0008_page_images_and_cache.sql) for each of them, but that the commit is as the caller's is. gone: the jobs that are gone, and so must be
-- the images of their pages. busy: places of those whose page somebody has in hand, such as an erasing. Waiting for one while holding others could be a deadlock,
-- and the claim would wait too: they are to be kept alone.
CREATE FUNCTION mark_all_renditions(page_jobs uuid[], page_files integer[], page_frames integer[], outcomes text[],
  OUT gone uuid[], OUT busy integer[])
-- Planned for any job, most of which have few pages, all pages of a large one would be gone through.
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  gone := '{}';
  busy := '{}';
  FOR place IN 1 .. cardinality(page_jobs) LOOP
    PERFORM 1 FROM pages p WHERE p.job_id = page_jobs[place] AND p.file_index = page_files[place] AND p.frame = page_frames[place]
    FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
      -- A second worker that failed at them does not undo what the first one made.
      UPDATE pages p SET renditions = CASE WHEN p.renditions = 'made' THEN 'made' ELSE outcomes[place] END
      WHERE p.job_id = page_jobs[place] AND p.file_index = page_files[place] AND p.frame = page_frames[place];
    ELSIF EXISTS (SELECT FROM pages p
      WHERE p.job_id = page_jobs[place] AND p.file_index = page_files[place] AND p.frame = page_frames[place]) THEN
      busy := busy || place;
    ELSE
      gone := gone || page_jobs[place];
    END IF;
  END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION mark_all_renditions(uuid[], integer[], integer[], text[]) TO docusnap_worker;
