import { ConsoleLinkBody, SessionBody, SignInBody } from '@docusnap/contracts';
import { json, keyedRoute, publicRoute, type Route } from '../route.ts';
import { makeLink } from './links.ts';
import { readSession, signIn, signOut } from './session.ts';

/** How a browser comes to the cookie by which the console calls. */
export const CONSOLE_ROUTES: readonly Route[] = [
  keyedRoute({
    method: 'post',
    path: '/v1/console/links',
    scope: 'admin',
    summary: 'Make a link that signs a browser in to the console once, as this key',
    answers: { 201: json('Where to go, and until when.', ConsoleLinkBody) },
    errors: [],
    once: 'secret',
    handler: makeLink,
  }),
  publicRoute({
    method: 'get',
    path: '/v1/console/session',
    summary: 'Who is signed in to the console in this browser',
    answers: { 200: json('The session, or null.', SessionBody) },
    errors: ['database_unavailable', 'internal'],
    handler: readSession,
  }),
  publicRoute({
    method: 'post',
    path: '/v1/console/session',
    summary: 'Sign in to the console; the answer sets a cookie that stands for the key',
    body: json('A key, or the code of a link.', SignInBody),
    answers: { 201: json('Signed in.', SessionBody) },
    errors: [
      'sign_in_refused',
      'sign_in_link_spent',
      'too_many_sign_ins',
      'origin_refused',
      'bad_request',
      'malformed_json',
      'body_too_large',
      'unsupported_media_type',
      'database_unavailable',
      'internal',
    ],
    isAudited: true,
    handler: signIn,
  }),
  publicRoute({
    method: 'delete',
    path: '/v1/console/session',
    summary: 'Sign out of the console',
    answers: { 204: 'Nobody is signed in here any more.' },
    errors: ['origin_refused', 'database_unavailable', 'internal'],
    handler: signOut,
  }),
];
