import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Described {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | null | undefined;
}

/** A label, what belongs under it, and what is said of it; `children` gets the attributes that tie them together. */
export function Field({
  label,
  hint,
  error,
  children,
}: Described & {
  readonly children: (tie: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean;
  }) => ComponentChildren;
}) {
  const id = useId();
  const said = hint !== undefined || error ? `${id}-said` : undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': said, 'aria-invalid': Boolean(error) })}
      {said && (
        <p id={said} class={error ? 'hint error' : 'hint'}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

export interface TextFieldProps extends Described {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'search' | 'number' | 'url' | 'datetime-local' | 'date';
  readonly placeholder?: string;
  readonly rows?: number;
  readonly required?: boolean;
  readonly code?: boolean;
  readonly min?: number;
  readonly autocomplete?: string;
}

export function TextField(props: TextFieldProps) {
  const { label, hint, error, value, onChange, type = 'text', rows, code = false, ...rest } = props;
  const own = { value, class: code ? 'code' : '', spellcheck: !code };
  return (
    <Field label={label} hint={hint} error={error}>
      {(tie) =>
        rows === undefined ? (
          <input
            {...tie}
            {...own}
            {...rest} // The types of inputs are a union by their type, which one that varies cannot be narrowed to.
            {...({ type } as { type: 'text' })}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        ) : (
          <textarea {...tie} {...own} {...rest} rows={rows} onInput={(event) => onChange(event.currentTarget.value)} />
        )
      }
    </Field>
  );
}

export function SelectField<V extends string>({
  label,
  hint,
  error,
  value,
  choices,
  onChange,
}: Described & {
  readonly value: V;
  readonly choices: readonly { readonly value: V; readonly text: string }[];
  readonly onChange: (value: V) => void;
}) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(tie) => (
        <select {...tie} value={value} onChange={(event) => onChange(event.currentTarget.value as V)}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Check({
  label,
  hint,
  checked,
  onChange,
  disabled = false,
  swatch,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  /** Class of a dot of colour before the label. */
  readonly swatch?: string;
}) {
  const id = useId();
  return (
    <div class="check">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-said`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>
        {swatch && <span class={`swatch ${swatch}`} aria-hidden="true" />}
        {label}
      </label>
      {hint !== undefined && (
        <p id={`${id}-said`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

/** One of a few, all of them seen. */
export function Choice<V extends string>({
  label,
  value,
  choices,
  onChange,
  cards = false,
}: {
  readonly label: string;
  readonly value: V;
  readonly choices: readonly { readonly value: V; readonly text: string; readonly hint?: string }[];
  readonly onChange: (value: V) => void;
  readonly cards?: boolean;
}) {
  const name = useId();
  return (
    <fieldset class={cards ? 'choice cards' : 'choice'}>
      <legend>{label}</legend>
      <div class="choices">
        {choices.map((choice) => (
          <label key={choice.value} class="one">
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            <span class="text">{choice.text}</span>
            {choice.hint && <span class="hint">{choice.hint}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
