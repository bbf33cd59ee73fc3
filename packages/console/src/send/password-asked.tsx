import { useSignal } from '@preact/signals';
import { Button } from '../blocks/button.tsx';
import { TextField } from '../blocks/field.tsx';
import { go, hrefOf } from '../frame/place.ts';
import { sendFiles } from './send-files.ts';
import { keepSent, sentFor } from './sent.ts';
import { words } from './words.ts';

/** Where a PDF is locked: asks for its password, and sends it once more. Nothing where its file was not sent from here. */
export function PasswordAsked({ jobId }: { readonly jobId: string }) {
  const w = words();
  const password = useSignal('');
  const sent = sentFor(jobId);
  if (!sent) return <p>{w.passwordElsewhere}</p>;
  const again = async () => {
    const next = { ...sent, options: { ...sent.options, password: password.value } };
    const [job] = await sendFiles(next.files, next);
    if (!job) return;
    keepSent(job.id, next);
    go(hrefOf([sent.room, job.id]));
  };
  return (
    <form
      class="password-asked"
      onSubmit={(event) => {
        event.preventDefault();
        event.currentTarget.querySelector('button')?.click();
      }}
    >
      <TextField
        label={w.password}
        type="password"
        autocomplete="off"
        value={password.value}
        onChange={(value) => {
          password.value = value;
        }}
      />
      <Button kind="primary" disabled={password.value === ''} onPress={again}>
        {w.openWith}
      </Button>
    </form>
  );
}
