import { Button } from '../blocks/button.tsx';
import { Check, Choice, TextField } from '../blocks/field.tsx';
import { Notice } from '../blocks/notice.tsx';
import { copyText } from '../frame/copy.ts';
import { type AskDraft, askOf, WISHES } from './draft.ts';
import { EXAMPLES } from './examples.ts';
import { FieldEditor } from './field-editor.tsx';
import { faultsOf, fieldsOf, schemaOf } from './schema-draft.ts';
import { words } from './words.ts';

/** Where a person says what is to be understood. `tried`: it was to be sent, so what is missing is told. */
export function AskEditor({
  draft,
  tried,
  onChange,
}: {
  readonly draft: AskDraft;
  readonly tried: boolean;
  readonly onChange: (draft: AskDraft) => void;
}) {
  const w = words();
  const set = (part: Partial<AskDraft>) => onChange({ ...draft, ...part });
  const asked = askOf(draft);
  const fault = tried && 'fault' in asked ? asked : null;
  return (
    <div class="ask">
      <Choice
        label={w.whatFor}
        cards
        value={draft.wish}
        choices={WISHES.map((value) => ({ value, text: w.tasks[value].name, hint: w.tasks[value].hint }))}
        onChange={(wish) => set({ wish })}
      />
      {draft.wish === 'classify' && (
        <TextField
          label={w.labels}
          hint={w.labelsHint}
          error={fault?.fault === 'labelsFault' ? w.labelsFault : null}
          rows={3}
          value={draft.labels}
          onChange={(labels) => set({ labels })}
        />
      )}
      {draft.wish === 'extract' && <Fields draft={draft} tried={tried} set={set} />}
      {fault && fault.fault !== 'labelsFault' && fault.fault !== 'jsonFault' && (
        <Notice kind="warning">{w[fault.fault]}</Notice>
      )}
      {draft.wish === 'extract' && (
        <Check label={w.onlyProven} checked={draft.onlyProven} onChange={(onlyProven) => set({ onlyProven })} />
      )}
    </div>
  );
}

function Fields({
  draft,
  tried,
  set,
}: {
  readonly draft: AskDraft;
  readonly tried: boolean;
  readonly set: (part: Partial<AskDraft>) => void;
}) {
  const w = words();
  const asJson = draft.json !== null;
  const asked = askOf(draft);
  const fault = 'fault' in asked && asked.fault === 'jsonFault' ? w.jsonFault(asked.why ?? '') : null;
  const pretty = () => JSON.stringify(schemaOf(draft.fields), null, 2);
  const switchTo = (form: 'list' | 'json') => {
    if (form === 'json') return set({ json: pretty() });
    const fields = fieldsOf(parsed(draft.json ?? ''));
    if (fields) set({ json: null, fields });
  };
  const richer = asJson && fault === null && fieldsOf(parsed(draft.json ?? '')) === null;
  return (
    <fieldset class="fields">
      <legend>{w.fields}</legend>
      <div class="actions">
        <Choice
          label={w.fields}
          value={asJson ? 'json' : 'list'}
          choices={[
            { value: 'list', text: w.asForm },
            { value: 'json', text: w.asJson },
          ]}
          onChange={switchTo}
        />
      </div>
      <div class="actions">
        <span class="hint">{w.begin}</span>
        {EXAMPLES.map((example) => (
          <Button
            key={example.name}
            small
            onPress={() =>
              set({ fields: example.fields, json: asJson ? JSON.stringify(schemaOf(example.fields), null, 2) : null })
            }
          >
            {w.examples[example.name]}
          </Button>
        ))}
      </div>
      {asJson ? (
        <>
          <TextField
            label={w.jsonLabel}
            hint={w.jsonHint}
            error={fault}
            rows={14}
            code
            value={draft.json ?? ''}
            onChange={(json) => set({ json })}
          />
          {richer && <p class="hint">{w.jsonRicher}</p>}
          <div class="actions">
            <Button small icon="copy" onPress={() => copyText(draft.json ?? '')}>
              {w.copySchema}
            </Button>
          </div>
        </>
      ) : (
        <FieldEditor
          fields={draft.fields}
          faults={tried ? faultsOf(draft.fields) : new Map()}
          onChange={(fields) => set({ fields })}
        />
      )}
    </fieldset>
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
