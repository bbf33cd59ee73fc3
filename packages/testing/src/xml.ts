import { readFile } from 'node:fs/promises';

/** Why a document is not valid by an XML Schema, or not even XML; empty when it is. */
export async function faultsOfXml(xml: string, schema: URL): Promise<string[]> {
  const { validateXML } = await import('xmllint-wasm');
  const { errors } = await validateXML({
    xml: [{ fileName: 'document.xml', contents: xml }],
    schema: [{ fileName: 'schema.xsd', contents: await readFile(schema, 'utf8') }],
  });
  return errors.map(({ rawMessage }) => rawMessage);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** The text that stands in XML, with the five entities undone that every document may use. */
export function unescapeXml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_all, name: string) => ENTITIES[name]!);
}
