import { copyText } from '../frame/copy.ts';
import { spoken } from '../words/spoken.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

const words = spoken(
  {
    once: 'It is shown only now. Copy it to where it is kept safe.',
    copy: 'Copy',
  },
  { once: '这里的内容只显示这一次，请复制到安全的地方。', copy: '复制' },
);

/** Something secret that is shown once, to be copied. */
export function Secret({ label, value }: { readonly label: string; readonly value: string }) {
  const w = words();
  return (
    <>
      <Notice kind="warning">{w.once}</Notice>
      <div class="secret">
        <input
          class="code"
          readOnly
          aria-label={label}
          value={value}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button kind="primary" icon="copy" onPress={() => copyText(value)}>
          {w.copy}
        </Button>
      </div>
    </>
  );
}
