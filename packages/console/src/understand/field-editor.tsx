import { useRef } from 'preact/hooks';
import { Button } from '../blocks/button.tsx';
import { Check, SelectField, TextField } from '../blocks/field.tsx';
import { changed, FIELD_TYPES, type FieldDraft, type FieldFault, moved, newField } from './schema-draft.ts';
import { words } from './words.ts';

interface EditorProps {
  readonly fields: readonly FieldDraft[];
  readonly faults: ReadonlyMap<number, FieldFault>;
  readonly onChange: (fields: readonly FieldDraft[]) => void;
}

/** Fields one below the other; those of a group stand within it. */
export function FieldEditor({ fields, faults, onChange }: EditorProps) {
  const w = words();
  const list = useRef<HTMLUListElement>(null);
  const add = async () => {
    onChange([...fields, newField()]);
    // What is added is named next; it is drawn by then.
    await new Promise(requestAnimationFrame);
    list.current?.querySelector<HTMLInputElement>(':scope > li:last-child input')?.focus();
  };
  return (
    <div class="field-editor">
      {fields.length === 0 && <p class="hint">{w.noFieldsYet}</p>}
      <ul ref={list}>
        {fields.map((field) => (
          <li key={field.id}>
            <OneField
              field={field}
              faults={faults}
              onChange={(next) => onChange(changed(fields, field.id, () => next))}
              onMove={(by) => onChange(moved(fields, field.id, by))}
            />
          </li>
        ))}
      </ul>
      <Button small icon="plus" onPress={add}>
        {w.addField}
      </Button>
    </div>
  );
}

function OneField({
  field,
  faults,
  onChange,
  onMove,
}: {
  readonly field: FieldDraft;
  readonly faults: ReadonlyMap<number, FieldFault>;
  readonly onChange: (field: FieldDraft | null) => void;
  readonly onMove: (by: -1 | 1) => void;
}) {
  const w = words();
  const set = (part: Partial<FieldDraft>) => onChange({ ...field, ...part });
  const fault = faults.get(field.id);
  const said = fault && w.faults[fault];
  const ofName = fault === 'noName' || fault === 'badName' || fault === 'sameName' || fault === 'tooDeep';
  return (
    <div class="one-field">
      <div class="first">
        <TextField
          label={w.fieldName}
          value={field.name}
          code
          autocomplete="off"
          error={ofName ? said : null}
          onChange={(name) => set({ name })}
        />
        <SelectField
          label={w.fieldType}
          value={field.type}
          choices={FIELD_TYPES.map((value) => ({ value, text: w.types[value] }))}
          onChange={(type) => set({ type })}
        />
        <div class="actions">
          <Button kind="quiet" small icon="up" label={w.up(field.name)} onPress={() => onMove(-1)} />
          <Button kind="quiet" small icon="down" label={w.down(field.name)} onPress={() => onMove(1)} />
          <Button kind="quiet" small icon="trash" label={w.remove(field.name)} onPress={() => onChange(null)} />
        </div>
      </div>
      {field.type === 'choice' && (
        <TextField
          label={w.choices}
          hint={w.choicesHint}
          rows={3}
          value={field.choices.join('\n')}
          error={fault === 'noChoices' ? said : null}
          onChange={(text) => set({ choices: text.split('\n') })}
        />
      )}
      {field.type === 'group' && (
        <fieldset class="inner">
          <legend>{field.name || w.types.group}</legend>
          {fault === 'noFields' && <p class="hint error">{said}</p>}
          <FieldEditor fields={field.fields} faults={faults} onChange={(fields) => set({ fields })} />
        </fieldset>
      )}
      <details class="more">
        <summary>{w.details}</summary>
        <div class="body">
          <TextField
            label={w.fieldDescription}
            hint={w.fieldDescriptionHint}
            value={field.description}
            onChange={(description) => set({ description })}
          />
          <div class="actions">
            <Check label={w.required} checked={field.required} onChange={(required) => set({ required })} />
            <Check label={w.many} checked={field.list} onChange={(list) => set({ list })} />
          </div>
        </div>
      </details>
    </div>
  );
}
