import { SAMPLE_FILE, type Sample } from './sample.ts';

/** For Python 3.9 and later with the package requests. */
export function inPython({ method, path, json, form, accept, keep }: Sample): string {
  const takesJob = path.includes('JOB_ID');
  const headers = [`"Authorization": f"Bearer {key}"`, ...(accept ? [`"Accept": "${accept}"`] : [])];
  const call = [
    `f"{url}${path.replace('JOB_ID', '{job}')}"`,
    `headers={${headers.join(', ')}}`,
    ...(json ? [`json=${inLiterals(json)}`] : []),
    ...(form ? ['files={"file": file}'] : []),
    ...(form && Object.keys(form).length > 0 ? [`data=${inLiterals(form)}`] : []),
  ];
  const asked = `response = requests.${method.toLowerCase()}(\n    ${call.join(',\n    ')},\n)`;
  return [
    'import os',
    '',
    'import requests',
    '',
    'url, key = os.environ["DOCUSNAP_URL"], os.environ["DOCUSNAP_API_KEY"]',
    ...(takesJob ? ['job = os.environ["JOB_ID"]'] : []),
    ...(form ? [`with open("${SAMPLE_FILE}", "rb") as file:\n    ${asked.replaceAll('\n', '\n    ')}`] : [asked]),
    'response.raise_for_status()',
    ...(keep
      ? [`with open("${keep}", "w", encoding="utf-8") as kept:\n    kept.write(response.text)`]
      : ['print(response.text)']),
  ].join('\n');
}

/** Literals of JSON are literals of Python, but for three words, which no sample has. */
function inLiterals(value: object): string {
  return JSON.stringify(value).replaceAll(',"', ', "').replaceAll('":', '": ');
}
