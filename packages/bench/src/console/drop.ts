import type { Page } from 'playwright-core';

/** Drops a file on the page's place for files, as a hand with a mouse does. */
export async function dropFile(
  page: Page,
  file: { readonly name: string; readonly type: string; readonly bytes: Buffer },
): Promise<void> {
  const target = page.locator('.drop-area').first();
  await target.waitFor();
  const transfer = await page.evaluateHandle(
    ({ name, type, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const dropped = new DataTransfer();
      dropped.items.add(new File([bytes], name, { type }));
      return dropped;
    },
    { name: file.name, type: file.type, base64: file.bytes.toString('base64') },
  );
  for (const event of ['dragenter', 'dragover', 'drop']) await target.dispatchEvent(event, { dataTransfer: transfer });
}
