import { z } from 'zod';
import { SCOPES } from './key.ts';
import { Id, Time } from './rest.ts';

/** The shapes of `/v1/console`: how a person at a browser becomes the holder of a key. */

export const SignInBody = z
  .union([
    z.strictObject({ key: z.string().max(200).describe('An API key.') }),
    z.strictObject({ code: z.string().max(200).describe('The end of a link that signs in once.') }),
  ])
  .meta({ id: 'SignIn' });
export type SignInBody = z.infer<typeof SignInBody>;

export const SessionBody = z
  .object({
    session: z
      .object({
        key_id: Id,
        tenant_id: Id,
        name: z.string().describe('Of the key that it came from.'),
        prefix: z.string(),
        scopes: z.array(z.enum(SCOPES)),
        expires_at: Time.describe('However much it is used.'),
      })
      .nullable()
      .describe('null: nobody is signed in here.'),
  })
  .meta({ id: 'ConsoleSession' });
export type SessionBody = z.infer<typeof SessionBody>;

export const ConsoleLinkBody = z
  .object({
    path: z.string().describe('To be put after the address of this server; signs in whoever opens it first.'),
    expires_at: Time,
  })
  .meta({ id: 'ConsoleLink' });
export type ConsoleLinkBody = z.infer<typeof ConsoleLinkBody>;
