import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { mayDo, session } from '../api/session.ts';
import { signOut } from '../api/sign-in.ts';
import { Button } from '../blocks/button.tsx';
import { Drop } from '../blocks/drop.tsx';
import { SelectField } from '../blocks/field.tsx';
import { Icon } from '../blocks/icon.tsx';
import { LANGUAGES, type Language, language, speak } from '../words/language.ts';
import { hrefOf, place } from './place.ts';
import { ROUTES } from './routes.ts';
import { paint, THEMES, type Theme, theme } from './theme.ts';
import { words } from './words.ts';

export function Header() {
  const w = words();
  const menuOpen = useSignal(false);
  const here = place.value.parts[0] ?? ROUTES[0]?.name;
  useEffect(() => {
    menuOpen.value = false;
  }, [place.value]);
  return (
    <header class="top">
      <button type="button" class="skip" onClick={skipToContent}>
        {w.skip}
      </button>
      <a class="brand" href="#/" aria-label="DocuSnap">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path class="sheet" d="M7 3h13l6 6v20H7z" />
          <path class="fold" d="M20 3v6h6z" />
          <path class="print" d="M11 15h11M11 20h11M11 25h6" />
        </svg>
        <span>DocuSnap</span>
      </a>
      {session.value && (
        <nav aria-label={w.sections} class={menuOpen.value ? 'open' : ''} id="sections">
          {ROUTES.filter((route) => mayDo(route.scope)).map((route) => (
            <a key={route.name} href={hrefOf([route.name])} aria-current={here === route.name ? 'page' : undefined}>
              <Icon name={route.icon} />
              {w[route.name]}
            </a>
          ))}
        </nav>
      )}
      <div class="tools">
        <LanguageSwitch />
        <Settings />
        {session.value && (
          <button
            type="button"
            class="button quiet icon-only menu-button"
            aria-label={w.menu}
            aria-expanded={menuOpen.value}
            aria-controls="sections"
            onClick={() => {
              menuOpen.value = !menuOpen.value;
            }}
          >
            <Icon name={menuOpen.value ? 'close' : 'menu'} />
          </button>
        )}
      </div>
    </header>
  );
}

/** Not a link: the address says which page is open. */
function skipToContent(): void {
  const content = document.querySelector<HTMLElement>('#content');
  content?.focus();
  content?.scrollIntoView();
}

/** The other language, named in itself: who cannot read this one finds it. */
function LanguageSwitch() {
  const others = (Object.keys(LANGUAGES) as Language[]).filter((one) => one !== language.value);
  return (
    <>
      {others.map((one) => (
        <button
          key={one}
          type="button"
          class="button quiet language"
          lang={one === 'zh' ? 'zh-CN' : one}
          onClick={() => speak(one)}
        >
          <Icon name="globe" />
          {LANGUAGES[one]}
        </button>
      ))}
    </>
  );
}

const THEME_ICON = { system: 'screen', light: 'sun', dark: 'moon' } as const;

function Settings() {
  const w = words();
  return (
    <Drop icon={THEME_ICON[theme.value]} label={w.appearance}>
      <SelectField<Theme>
        label={w.appearance}
        value={theme.value}
        choices={THEMES.map((value) => ({ value, text: w.themes[value] }))}
        onChange={paint}
      />
      <a href="/docs">
        <Icon name="docs" />
        {w.docs}
      </a>
      {session.value && (
        <>
          <p class="hint">{w.signedInAs(session.value.name)}</p>
          <Button kind="normal" icon="leave" onPress={signOut}>
            {w.signOut}
          </Button>
        </>
      )}
    </Drop>
  );
}
