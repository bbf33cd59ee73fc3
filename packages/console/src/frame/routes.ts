import type { ComponentType } from 'preact';
import type { IconName } from '../blocks/icon.tsx';
import type { words } from './words.ts';

/** What a page is given of its address: what follows its own name, and what is asked. */
export interface PageProps {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

export interface Route {
  /** First part of the address, and name among the words of the frame. */
  readonly name: Extract<
    keyof ReturnType<typeof words>,
    'read' | 'understand' | 'jobs' | 'operate' | 'webhooks' | 'keys' | 'usage'
  >;
  readonly icon: IconName;
  /** Which scope of a key its page needs; it is left out of the navigation without. */
  readonly scope: 'read' | 'admin' | 'operator';
  /** Pages come when they are first opened: the first load stays small. */
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>;
}

/** The one table of pages. The first is where one starts. */
export const ROUTES: readonly Route[] = [
  { name: 'read', icon: 'read', scope: 'read', load: () => import('../read/read-page.tsx') },
  { name: 'understand', icon: 'understand', scope: 'read', load: () => import('../understand/understand-page.tsx') },
  { name: 'jobs', icon: 'jobs', scope: 'read', load: () => import('../jobs/jobs-page.tsx') },
  { name: 'operate', icon: 'operate', scope: 'operator', load: () => import('../operate/operate-page.tsx') },
  { name: 'webhooks', icon: 'bell', scope: 'admin', load: () => import('../webhooks/webhooks-page.tsx') },
  { name: 'keys', icon: 'key', scope: 'admin', load: () => import('../keys/keys-page.tsx') },
  { name: 'usage', icon: 'usage', scope: 'admin', load: () => import('../usage/usage-page.tsx') },
];

export function routeOf(name: string | undefined): Route | undefined {
  return name === undefined ? ROUTES[0] : ROUTES.find((route) => route.name === name);
}
