import type { ClassifyResult, DocResult, Understanding } from '@docusnap/contracts';
import { Button } from '../blocks/button.tsx';
import { Badge } from '../blocks/notice.tsx';
import { figure, percent } from '../words/figures.ts';
import { type ShownField, shownFields } from './shown-fields.ts';
import { words } from './words.ts';

export interface ResultProps {
  readonly understanding: Understanding;
  /** Path of the value that was chosen. */
  readonly chosen: string | null;
  readonly onChoose: (field: ShownField) => void;
}

/** What was understood: a kind, or what the document is about, and its values. */
export function Result({ understanding, chosen, onChoose }: ResultProps) {
  const w = words();
  const { task, engine, model, cached } = understanding;
  const fields = shownFields(understanding);
  const by = [engine === 'model' ? w.byModel(model ?? '') : w.byRules, cached && w.knownFromBefore].filter(Boolean);
  return (
    <div class="result">
      {task === 'classify' && <Kind result={understanding.result as ClassifyResult} />}
      {(task === 'doc' || task === 'form') && <About result={understanding.result as DocResult} />}
      {task !== 'classify' && <Values fields={fields} chosen={chosen} onChoose={onChoose} />}
      <p class="hint">{by.join(' · ')}</p>
    </div>
  );
}

function Kind({ result }: { readonly result: ClassifyResult }) {
  const w = words();
  const named = (label: string) => w.kinds[label] ?? label;
  return (
    <div class="kind">
      <p class="big">
        {named(result.label)} <Sureness share={result.confidence} />
      </p>
      {result.candidates.length > 1 && (
        <>
          <h2>{w.otherKinds}</h2>
          <ul class="bars">
            {result.candidates.slice(1, 6).map(({ label, confidence }) => (
              <li key={label}>
                <span>{named(label)}</span>
                <Sureness share={confidence} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function About({ result }: { readonly result: DocResult }) {
  return (
    <div class="about">
      <p class="big">{result.title}</p>
      <p>{result.description}</p>
      <p class="actions">
        {result.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </p>
    </div>
  );
}

function Values({
  fields,
  chosen,
  onChoose,
}: {
  readonly fields: readonly ShownField[];
  readonly chosen: string | null;
  readonly onChoose: (field: ShownField) => void;
}) {
  const w = words();
  if (fields.length === 0) return <p class="hint">{w.nothingFound}</p>;
  return (
    <>
      <h2>{w.saidFields}</h2>
      <ul class="values" aria-label={w.saidFields}>
        {fields.map((field) => (
          <li key={field.path} class={field.path === chosen ? 'chosen' : ''} data-path={field.path}>
            <Value field={field} chosen={field.path === chosen} onChoose={onChoose} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Value({
  field,
  chosen,
  onChoose,
}: {
  readonly field: ShownField;
  readonly chosen: boolean;
  readonly onChoose: (field: ShownField) => void;
}) {
  const w = words();
  const [first] = field.evidence;
  const said = saidOf(field);
  return (
    <>
      <span class="name">{field.name}</span>
      <span class={said === null ? 'value hint' : 'value'}>{said ?? w.nothing}</span>
      <span class="proof">
        {first && field.grounded && <Sureness share={field.confidence} />}
        {field.value !== null && !field.grounded && (
          <span title={w.notOnPageHint}>
            <Badge tone="warning">{w.notOnPage}</Badge>
          </span>
        )}
        {first && (
          <Button
            small
            kind="quiet"
            icon="search"
            pressed={chosen}
            label={w.showOnLabel(field.name, first.page)}
            onPress={() => onChoose(field)}
          >
            {w.showOn(first.page)}
          </Button>
        )}
      </span>
      {first && first.match !== 'exact' && said !== first.quote && (
        <span class="hint quote">{w.asRead(first.quote)}</span>
      )}
      {field.problem && <span class="hint error quote">{field.problem}</span>}
    </>
  );
}

/** Null where the document does not say it. */
function saidOf({ value, normalized }: ShownField): string | null {
  const w = words();
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? w.yes : w.no;
  if (typeof value === 'string') return value;
  return normalized ?? figure(value, { useGrouping: false, maximumFractionDigits: 10 });
}

/** How sure something is, as a bar and in words. */
export function Sureness({ share }: { readonly share: number }) {
  return (
    <span class="sureness">
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${Math.round(share * 100)}%` }} />
      </span>
      {percent(share)}
    </span>
  );
}
