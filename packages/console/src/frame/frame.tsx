import { useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';
import { explain } from '../api/explain.ts';
import { session } from '../api/session.ts';
import { findSession } from '../api/sign-in.ts';
import { Button, LinkButton } from '../blocks/button.tsx';
import { Empty, Notice } from '../blocks/notice.tsx';
import { Header } from './header.tsx';
import { place } from './place.ts';
import { type PageProps, type Route, routeOf } from './routes.ts';
import { SignIn } from './sign-in.tsx';
import { Toasts } from './toasts.tsx';
import { words } from './words.ts';

/** Header, the page of the address below it, and what is said to the person. */
export function Frame() {
  return (
    <>
      <Header />
      <Content />
      <Toasts />
    </>
  );
}

function Content() {
  const w = words();
  const failure = useSignal<unknown>(null);
  const find = () =>
    findSession().catch((error) => {
      failure.value = error;
    });
  useEffect(() => void find(), []);
  const [first, second] = place.value.parts;
  if (failure.value !== null && session.value === undefined) {
    return (
      <main id="content" class="page">
        <Notice kind="failed" actions={<Button onPress={find}>{w.tryAgain}</Button>}>
          {explain(failure.value)}
        </Notice>
      </main>
    );
  }
  if (session.value === undefined) return <main id="content" class="page" aria-busy="true" />;
  // Not before it is known who is signed in: that answer, coming later, would stand for the session before.
  if (first === 'sign-in' && second !== undefined) return <SignIn code={second} />;
  if (session.value === null) return <SignIn code={undefined} />;
  const route = routeOf(first);
  return route ? <Page key={route.name} route={route} /> : <NotHere />;
}

function NotHere() {
  const w = words();
  return (
    <main id="content" class="page" tabIndex={-1}>
      <Empty whole icon="search" title={w.notHereTitle} actions={<LinkButton href="#/">{w.toStart}</LinkButton>}>
        {w.notHere}
      </Empty>
    </main>
  );
}

function Page({ route }: { readonly route: Route }) {
  const w = words();
  const page = useSignal<ComponentType<PageProps> | null>(null);
  const failed = useSignal(false);
  const [broken] = useErrorBoundary((error) => reportError(error));
  useSignalEffect(() => {
    document.title = `${words()[route.name]} · DocuSnap`;
  });
  useEffect(() => {
    route.load().then(
      (loaded) => {
        page.value = loaded.default;
      },
      () => {
        failed.value = true;
      },
    );
  }, [route]);
  if (broken || failed.value) {
    return (
      <main id="content" class="page">
        <Notice
          kind="failed"
          title={w.brokenTitle}
          actions={<Button onPress={() => location.reload()}>{w.reload}</Button>}
        >
          {w.broken}
        </Notice>
      </main>
    );
  }
  const Loaded = page.value;
  const { parts, query } = place.value;
  return (
    <main id="content" class={`page ${route.name}`} tabIndex={-1} aria-busy={Loaded === null}>
      {Loaded && <Loaded parts={parts.slice(1)} query={query} />}
    </main>
  );
}
