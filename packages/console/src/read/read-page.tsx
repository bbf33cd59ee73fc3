import { RecentJobs } from '../document/recent-jobs.tsx';
import type { PageProps } from '../frame/routes.ts';
import { SendArea } from '../send/send-area.tsx';
import { ReadDocument } from './read-document.tsx';
import { words } from './words.ts';
import '../document/document.css';

/** Where files are read: without a job the place to put them, with one what was read. */
export default function ReadPage({ parts, query }: PageProps) {
  const [id] = parts;
  return id === undefined ? <Start /> : <ReadDocument key={id} id={id} page={Number(query.get('page')) || null} />;
}

function Start() {
  const w = words();
  return (
    <>
      <div>
        <h1>{w.title}</h1>
        <p class="lead">{w.lead}</p>
      </div>
      <SendArea room="read" />
      <RecentJobs room="read" title={w.recent} noneYet={w.noneYet} />
    </>
  );
}
