import type { JobBody } from '@docusnap/contracts';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { CallError } from '../api/call.ts';
import { explain } from '../api/explain.ts';
import { mayDo } from '../api/session.ts';
import { Button } from '../blocks/button.tsx';
import { Notice, Progress } from '../blocks/notice.tsx';
import { go, hrefOf } from '../frame/place.ts';
import { toast } from '../frame/toasts.tsx';
import { words as frameWords } from '../frame/words.ts';
import { DropArea } from './drop-area.tsx';
import { Options } from './options.tsx';
import { type Ask, type SendOptions, sendFiles, USUAL } from './send-files.ts';
import { keepSent } from './sent.ts';
import { words } from './words.ts';
import './send.css';

/** What was not taken, and whether it may be the next time. */
interface Refused {
  readonly why: string;
  readonly files: readonly File[];
  readonly mayPass: boolean;
}

/** From files to a job: takes them, sends them at once, and goes to the page that shows the job. */
export function SendArea({
  room,
  ask,
}: {
  readonly room: 'read' | 'understand';
  readonly ask?: (() => Ask | null) | undefined;
}) {
  const w = words();
  const options = useSignal<SendOptions>(USUAL);
  const sending = useSignal<{ readonly files: readonly File[]; readonly share: number } | null>(null);
  const refused = useSignal<Refused | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const send = async (files: readonly File[]) => {
    // null: what is asked is not whole yet, and the page says so.
    const asked = ask?.();
    if (sending.value || asked === null) return;
    const over = new AbortController();
    stop.current = over;
    refused.value = null;
    sending.value = { files, share: 0 };
    try {
      const jobs = await sendFiles(files, {
        options: options.value,
        ask: asked,
        signal: over.signal,
        onProgress: (share) => {
          sending.value = { files, share };
        },
      });
      stop.current = null;
      const [only] = jobs;
      if (only && jobs.length === 1) keepSent(only.id, { files, options: options.value, ask: asked, room });
      lead(jobs, room);
    } catch (error) {
      const why = explain(error);
      if (why !== null) refused.value = { why, files, mayPass: error instanceof CallError && error.retryable };
    } finally {
      sending.value = null;
    }
  };

  if (!mayDo('write')) return <Notice>{w.onlyLook}</Notice>;
  const now = sending.value;
  if (now) {
    return (
      <div class="drop-area sending" role="status">
        <p class="call">{now.share < 1 ? w.sending(namesOf(now.files)) : w.sent}</p>
        <Progress label={w.sending(namesOf(now.files))} done={now.share} total={now.share < 1 ? 1 : null} />
        <Button onPress={() => stop.current?.abort()}>{w.stop}</Button>
      </div>
    );
  }
  return (
    <div class="send">
      {refused.value && (
        <Notice
          kind="failed"
          title={w.refused(namesOf(refused.value.files))}
          actions={
            refused.value.mayPass && (
              <Button onPress={() => void send(refused.value?.files ?? [])}>{frameWords().tryAgain}</Button>
            )
          }
        >
          {refused.value.why}
        </Notice>
      )}
      <DropArea onFiles={(files) => void send(files)} />
      <Options
        options={options.value}
        onChange={(next) => {
          options.value = next;
        }}
      />
    </div>
  );
}

function lead(jobs: readonly JobBody[], room: string): void {
  const [first] = jobs;
  if (jobs.length > 1) {
    toast(words().splitSent(jobs.length));
    go(hrefOf(['jobs']));
  } else if (first) {
    go(hrefOf([room, first.id]));
  }
}

function namesOf(files: readonly File[]): string {
  const [first, ...others] = files;
  const name = first?.name ?? '';
  return others.length === 0 ? name : words().severalNames(name, others.length);
}
