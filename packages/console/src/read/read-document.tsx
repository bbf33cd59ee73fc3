import { hasEnded } from '@docusnap/contracts/job';
import { useEffect, useMemo } from 'preact/hooks';
import { LinkButton } from '../blocks/button.tsx';
import { openDocument } from '../document/open-document.ts';
import { Pages, showPage } from '../document/pages.tsx';
import { NotHere, Standing, StatusBadge, Unheard } from '../document/status.tsx';
import { Tools, useEndSaid, useHits } from '../document/tools.tsx';
import { openView } from '../document/view.ts';
import { words as documentWords } from '../document/words.ts';
import { hrefOf } from '../frame/place.ts';
import { words } from './words.ts';

/** A job and what was read of it, while it is read and after. */
export function ReadDocument({ id, page }: { readonly id: string; readonly page: number | null }) {
  const w = words();
  const document = useMemo(() => openDocument(id), [id]);
  const view = useMemo(() => openView(), [id]);
  useEffect(() => () => document.close(), [document]);
  useEndSaid(document);
  const hits = useHits(document, view);
  const job = document.job.value;
  const known = document.numbers.value.length > 0;
  useEffect(() => {
    if (page !== null && known) showPage(page);
  }, [page, known]);
  if (document.erased.value) return <NotHere back={hrefOf(['read'])} />;
  if (job === null) return <Unheard document={document} back={hrefOf(['read'])} />;
  return (
    <>
      <div class="document-head">
        <div class="name">
          <h1>{job.name}</h1>
          <StatusBadge status={job.status} />
          {job.pages_total !== null && job.pages_total > 0 && (
            <span class="hint">{documentWords().pages(job.pages_total)}</span>
          )}
        </div>
        <div class="actions">
          {job.pages_done > 0 && (
            <LinkButton icon="understand" href={hrefOf(['understand', id])}>
              {w.understand}
            </LinkButton>
          )}
          <LinkButton kind="quiet" icon="plus" href={hrefOf(['read'])}>
            {w.another}
          </LinkButton>
        </div>
      </div>
      <Standing document={document} job={job} />
      {known && !(hasEnded(job.status) && job.pages_done === 0) && (
        <Tools document={document} job={job} view={view} hits={hits} />
      )}
      <Pages document={document} view={view} hit={hits[view.hit.value] ?? null} />
    </>
  );
}
