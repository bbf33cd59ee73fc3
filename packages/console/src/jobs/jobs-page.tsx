import { Batches } from './batches.tsx';
import { JobDetails } from './job.tsx';
import { JobList } from './list.tsx';
import './jobs.css';
import type { PageProps } from '../frame/routes.ts';

/** `#/jobs`, `#/jobs/batches`, `#/jobs/ID`. */
export default function JobsPage({ parts, query }: PageProps) {
  const [first] = parts;
  if (first === undefined) return <JobList query={query} />;
  if (first === 'batches') return <Batches />;
  return <JobDetails key={first} id={first} />;
}
