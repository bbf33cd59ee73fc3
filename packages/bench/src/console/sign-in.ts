import { newLink } from './stage.ts';
import type { Story } from './story.ts';

/** Signing in and out. */
export const SIGN_IN_STORIES: readonly Story[] = [
  {
    name: 'signing out ends the session, and a pasted key opens the console again',
    play: async ({ page, key, say, picture, expect, open }) => {
      await page.locator('details.drop > summary').click();
      await page.getByRole('button', { name: say('Sign out', '退出登录') }).click();
      await page.getByLabel(say('API key', 'API 密钥')).waitFor();
      await picture('sign-in');
      await page.getByLabel(say('API key', 'API 密钥')).fill(key);
      await page.getByRole('button', { name: say('Sign in', '登录') }).click();
      await page.locator('header nav').waitFor({ state: 'attached' });
      const cookies = await page.context().cookies();
      expect(cookies.length === 1 && cookies[0]!.httpOnly && cookies[0]!.sameSite === 'Strict', 'One HttpOnly cookie.');
      await open('/jobs');
    },
  },
  {
    name: 'a link opens the console once',
    play: async ({ page, url, call, say, expect }) => {
      const later = await newLink(call);
      const path = await newLink(call);
      await page.goto('about:blank');
      await page.context().clearCookies();
      const taken = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.goto(url + path);
      await (await taken).finished();
      await page.locator('header nav').waitFor({ state: 'attached' });
      const code = path.split('/').at(-1)!;
      await page.waitForFunction((gone) => !location.href.includes(gone), code);
      const again = await fetch(`${url}/v1/console/session`, {
        method: 'POST',
        headers: { origin: url, 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      });
      expect(again.status === 401, `The link was taken twice: ${again.status}`);
      expect((await page.title()).startsWith(say('Read', '识别')), `The page is ${await page.title()}`);
      // Another one in the same tab, where somebody is signed in: not unasked.
      await page.goto(url + later);
      const anew = page.getByRole('button', { name: say('Sign in anew', '重新登录') });
      await anew.waitFor();
      const taken2 = page.waitForResponse((response) => response.request().method() === 'POST');
      await anew.click();
      expect((await taken2).status() === 201, 'The second link was refused.');
      await page.waitForFunction((gone) => !location.href.includes(gone), later.split('/').at(-1)!);
    },
  },
  {
    name: 'a link that another site leads to signs nobody in unasked',
    play: async ({ page, url, call, say, picture, expect }) => {
      const path = await newLink(call);
      await page.goto('about:blank');
      await page.context().clearCookies();
      await page.goto(`data:text/html,${encodeURIComponent(`<a href="${url}${path}">here</a>`)}`);
      await page.getByText('here').click();
      const enter = page.locator('main').getByRole('button', { name: say('Sign in', '登录') });
      await enter.waitFor();
      expect((await page.context().cookies()).length === 0, 'It signed in unasked.');
      await picture('link-of-another-site');
      await enter.click();
      await page.locator('header nav').waitFor({ state: 'attached' });
      await page.waitForFunction((gone) => !location.href.includes(gone), path.split('/').at(-1)!);
    },
  },
];
