import { Check, Choice, TextField } from '../blocks/field.tsx';
import type { SendOptions } from './send-files.ts';
import { words } from './words.ts';

/** What may be chosen beside the files; folded away, since the usual is right nearly always. */
export function Options({
  options,
  onChange,
}: {
  readonly options: SendOptions;
  readonly onChange: (options: SendOptions) => void;
}) {
  const w = words();
  const set = (part: Partial<SendOptions>) => onChange({ ...options, ...part });
  return (
    <details class="more send-options">
      <summary>{w.options}</summary>
      <div class="body">
        <Choice
          label={w.setting}
          value={options.setting}
          choices={[
            { value: 'accurate', text: w.accurate, hint: w.accurateHint },
            { value: 'fast', text: w.fast, hint: w.fastHint },
          ]}
          onChange={(setting) => set({ setting })}
        />
        <Choice
          label={w.several}
          value={options.apart ? 'apart' : 'together'}
          choices={[
            { value: 'together', text: w.together },
            { value: 'apart', text: w.apart },
          ]}
          onChange={(choice) => set({ apart: choice === 'apart' })}
        />
        <Choice
          label={w.pdfText}
          value={options.pdfText}
          choices={[
            { value: 'auto', text: w.pdfAuto },
            { value: 'never', text: w.pdfNever },
          ]}
          onChange={(pdfText) => set({ pdfText })}
        />
        <div class="two">
          <TextField label={w.pages} hint={w.pagesHint} value={options.pages} onChange={(pages) => set({ pages })} />
          <TextField
            label={w.password}
            hint={w.passwordHint}
            type="password"
            autocomplete="off"
            value={options.password}
            onChange={(password) => set({ password })}
          />
        </div>
        <div>
          <Check label={w.barcodes} checked={options.barcodes} onChange={(barcodes) => set({ barcodes })} />
          <Check label={w.anew} checked={options.anew} onChange={(anew) => set({ anew })} />
        </div>
      </div>
    </details>
  );
}
