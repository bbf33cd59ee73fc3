import { SAMPLE_FILE, type Sample } from './sample.ts';

/** For Node.js 20 and later, without packages. */
export function inTypeScript({ method, path, json, form, accept, keep }: Sample): string {
  const takesJob = path.includes('JOB_ID');
  const headers = [
    `authorization: \`Bearer \${DOCUSNAP_API_KEY}\``,
    ...(json ? ["'content-type': 'application/json'"] : []),
    ...(accept ? [`accept: '${accept}'`] : []),
  ];
  const imports = [
    ...(form ? ["import { openAsBlob } from 'node:fs';"] : []),
    ...(keep ? ["import { writeFile } from 'node:fs/promises';"] : []),
    "import { env } from 'node:process';",
  ];
  return [
    ...imports,
    '',
    `const { DOCUSNAP_URL, DOCUSNAP_API_KEY${takesJob ? ', JOB_ID' : ''} } = env;`,
    ...(form
      ? [
          'const form = new FormData();',
          ...Object.entries(form).map(([name, value]) => `form.append('${name}', '${value}');`),
          `form.append('file', await openAsBlob('${SAMPLE_FILE}'), '${SAMPLE_FILE}');`,
        ]
      : []),
    `const response = await fetch(\`\${DOCUSNAP_URL}${path.replace('JOB_ID', `\${JOB_ID}`)}\`, {`,
    ...(method === 'GET' ? [] : [`  method: '${method}',`]),
    `  headers: { ${headers.join(', ')} },`,
    ...(json ? [`  body: JSON.stringify(${JSON.stringify(json)}),`] : []),
    ...(form ? ['  body: form,'] : []),
    '});',
    'if (!response.ok) throw new Error(await response.text());',
    keep ? `await writeFile('${keep}', await response.text());` : 'console.log(await response.text());',
  ].join('\n');
}
