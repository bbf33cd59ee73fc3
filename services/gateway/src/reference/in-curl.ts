import { SAMPLE_FILE, type Sample } from './sample.ts';

/** For a shell with DOCUSNAP_URL, DOCUSNAP_API_KEY and JOB_ID set. */
export function inCurl({ method, path, json, form, accept, keep }: Sample): string {
  const parts = [
    '-H "Authorization: Bearer $DOCUSNAP_API_KEY"',
    ...(accept ? [`-H "Accept: ${accept}"`] : []),
    // curl says POST by itself where it sends a body.
    ...(method === 'GET' || json || form ? [] : [`-X ${method}`]),
    ...(json ? [`--json '${JSON.stringify(json)}'`] : []),
    ...(form
      ? [`-F file=@${SAMPLE_FILE}`, ...Object.entries(form).map(([name, value]) => `-F '${name}=${value}'`)]
      : []),
    ...(keep ? [`-o ${keep}`] : []),
    `"$DOCUSNAP_URL${path.replace('JOB_ID', '$JOB_ID')}"`,
  ];
  return `curl --fail-with-body ${parts.join(' \\\n  ')}`;
}
