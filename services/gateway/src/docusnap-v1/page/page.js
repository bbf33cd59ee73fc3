// Runs in browsers, alone: it speaks the protocol as any client of it would, with WebCrypto.
(() => {
  const POLL_MS = 500;
  const MOST_POLLS = 300;
  const clientId = crypto.randomUUID();
  const byId = (id) => document.getElementById(id);
  const say = (text) => {
    byId('status').textContent = text;
  };

  const toBase64 = (bytes) => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  };
  const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const toHex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');

  const publicKey = () => {
    const base64 = byId('public-key').textContent.replace(/-----[^-]+-----/g, '');
    const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
    return crypto.subtle.importKey('spki', fromBase64(base64.replace(/\s/g, '')), algorithm, false, ['encrypt']);
  };

  /** CBC has an IV of 16 bytes; GCM one of 12, and binds what is sent to its sender and kind. */
  const algorithmOf = (gcm, iv, aad) =>
    gcm ? { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(aad) } : { name: 'AES-CBC', iv };

  const encrypt = async (inner, type, gcm) => {
    const raw = crypto.getRandomValues(new Uint8Array(32));
    const iv = crypto.getRandomValues(new Uint8Array(gcm ? 12 : 16));
    const key = await crypto.subtle.importKey('raw', raw, gcm ? 'AES-GCM' : 'AES-CBC', false, ['encrypt', 'decrypt']);
    const plain = new TextEncoder().encode(JSON.stringify(inner));
    const sealed = await crypto.subtle.encrypt(algorithmOf(gcm, iv, `${clientId}:${type}`), key, plain);
    const joined = new Uint8Array(iv.length + sealed.byteLength);
    joined.set(iv);
    joined.set(new Uint8Array(sealed), iv.length);
    const content = toBase64(joined);
    const hash = toHex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content)));
    const sealedKey = await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, await publicKey(), raw);
    return { key, content, hash, aesKey: toBase64(new Uint8Array(sealedKey)) };
  };

  const decrypt = async (result, { key, hash }, type, gcm) => {
    const bytes = fromBase64(result);
    const ivBytes = gcm ? 12 : 16;
    const algorithm = algorithmOf(gcm, bytes.subarray(0, ivBytes), `${clientId}:${type}:${hash}`);
    const plain = await crypto.subtle.decrypt(algorithm, key, bytes.subarray(ivBytes));
    return JSON.parse(new TextDecoder().decode(plain));
  };

  const post = async (path, body) => {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };

  const innerOf = async (type) => {
    const fileLib = JSON.parse(byId('library').value || '{}');
    if (type === 'fill') return { to_process: JSON.parse(byId('form').value), file_lib: fileLib };
    const files = Array.from(byId('images').files);
    const images = await Promise.all(files.map(async (file) => toBase64(new Uint8Array(await file.arrayBuffer()))));
    return { to_process: images, file_lib: fileLib };
  };

  const send = async () => {
    const type = byId('type').value;
    const gcm = byId('gcm').checked;
    say('Encrypting');
    const sealed = await encrypt(await innerOf(type), type, gcm);
    const task = { client_id: clientId, type, SHA256: sealed.hash };
    const variant = gcm ? { alg: 'A256GCM', kid: byId('kid').textContent } : {};
    let answer = await post('process', {
      ...task,
      ...variant,
      has_content: true,
      content: sealed.content,
      aes_key: sealed.aesKey,
    });
    for (let polls = 0; answer.status === 202 && polls < MOST_POLLS; polls += 1) {
      say(`Working, ${polls + 1}`);
      await new Promise((next) => setTimeout(next, POLL_MS));
      answer = await post('process', { ...task, has_content: false });
    }
    if (answer.status !== 200) throw new Error(answer.body.error_detail ?? `HTTP ${answer.status}`);
    byId('result').textContent = JSON.stringify(await decrypt(answer.body.result, sealed, type, gcm), null, 2);
    say('Done');
  };

  const attempt = (work) => {
    byId('result').textContent = '';
    work().catch((error) => say(`Failed: ${error.message}`));
  };

  byId('ask').addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(send);
  });
  byId('clear').addEventListener('click', () => {
    attempt(async () => {
      const answer = await post('clear', { client_id: clientId });
      say(answer.status === 200 ? 'Cleared' : `Failed: ${answer.body.error}`);
    });
  });
  if (!globalThis.isSecureContext) say('Browsers encrypt only on pages from https or localhost.');
})();
