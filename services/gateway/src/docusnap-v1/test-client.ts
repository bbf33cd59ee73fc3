/**
 * A client written from the page of the protocol and nothing else, with what a browser has: fetch, btoa and WebCrypto. For tests.
 */

export interface Task {
  readonly type: 'doc' | 'form' | 'fill';
  readonly sha256: string;
  readonly content: string;
  readonly aesKey: string;
  readonly key: CryptoKey;
}

/** What an answer may hold, by the protocol page. */
export interface Answer {
  readonly status: string;
  readonly result: string;
  readonly error_detail: string;
  readonly error: string;
}

/** What may be in a result: of doc and form these, of fill a value a label. */
export interface Opened {
  readonly title: string;
  readonly tags: string[];
  readonly kv: Record<string, string>;
  readonly fields: string[];
  readonly related: { type: string; resource_id: string }[];
  readonly [label: string]: unknown;
}

export interface Answered {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Answer;
}

export type Fields = Readonly<Record<string, unknown>>;

export class V1Client {
  readonly clientId: string = crypto.randomUUID();
  url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** The key that the page shows. */
  async publicPem(): Promise<string> {
    const html = await (await fetch(`${this.url}/api/v1/`)).text();
    return /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/.exec(html)![0];
  }

  async seal(type: Task['type'], inner: unknown, pem?: string): Promise<Task> {
    return this.sealBytes(type, new TextEncoder().encode(JSON.stringify(inner)), pem);
  }

  async sealBytes(type: Task['type'], plain: Uint8Array<ArrayBuffer>, pem?: string): Promise<Task> {
    const raw = crypto.getRandomValues(new Uint8Array(32));
    const key = await crypto.subtle.importKey('raw', raw, 'AES-CBC', false, ['encrypt', 'decrypt']);
    const iv = crypto.getRandomValues(new Uint8Array(16));
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, plain));
    const content = base64(joined(iv, sealed));
    return {
      type,
      content,
      sha256: await sha256(content),
      aesKey: await sealKey(raw, pem ?? (await this.publicPem())),
      key,
    };
  }

  submit(task: Task): Promise<Answered> {
    return this.process({
      type: task.type,
      SHA256: task.sha256,
      has_content: true,
      content: task.content,
      aes_key: task.aesKey,
    });
  }

  poll({ type, sha256: hash }: Pick<Task, 'type' | 'sha256'>): Promise<Answered> {
    return this.process({ type, SHA256: hash, has_content: false });
  }

  process(fields: Fields): Promise<Answered> {
    return this.post('process', { client_id: this.clientId, ...fields });
  }

  clear(fields: Fields = {}): Promise<Answered> {
    return this.post('clear', { client_id: this.clientId, ...fields });
  }

  async post(call: string, body: unknown): Promise<Answered> {
    const response = await fetch(`${this.url}/api/v1/${call}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      body: await response.json(),
    };
  }

  /** What is in the result of a completed task. */
  async open({ key }: Task, result: string): Promise<Opened> {
    const bytes = Uint8Array.from(atob(result), (character) => character.charCodeAt(0));
    const algorithm = { name: 'AES-CBC', iv: bytes.subarray(0, 16) };
    const plain = await crypto.subtle.decrypt(algorithm, key, bytes.subarray(16));
    return JSON.parse(new TextDecoder().decode(plain));
  }
}

export async function sealKey(raw: Uint8Array<ArrayBuffer>, pem: string): Promise<string> {
  const der = Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s/g, '')), (character) => character.charCodeAt(0));
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
  const publicKey = await crypto.subtle.importKey('spki', der, algorithm, false, ['encrypt']);
  return base64(new Uint8Array(await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, publicKey, raw)));
}

export async function sha256(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
