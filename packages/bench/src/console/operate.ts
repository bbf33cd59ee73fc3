import { KeyListBody, WebhookListBody } from '@docusnap/contracts';
import type { Story } from './story.ts';

/** What those do who run the system: look after it, its keys and endpoints. */
export const OPERATE_STORIES: readonly Story[] = [
  {
    name: 'the operator sees what waits, who reads and what can be reached, live',
    play: async ({ page, open, say, picture, expect }) => {
      await open('/operate');
      for (const name of [say('Backlog', '积压'), say('Readers', '识别进程'), say('Pages a second', '每秒页数')]) {
        await page.getByRole('region', { name, exact: true }).locator('canvas').waitFor();
      }
      await page.getByText(say('Reachable', '可用')).first().waitFor();
      await page.getByText('ppocr').or(page.getByText('pp-ocr')).first().waitFor();
      const label = () => page.getByRole('img').first().getAttribute('aria-label');
      expect((await label())?.includes(say('now', '现在')) ?? false, 'The chart says in words what it shows.');
      // A second look, so that the lines are lines.
      await page.waitForResponse((response) => response.url().endsWith('/v1/system'));
      await page.waitForResponse((response) => response.url().endsWith('/v1/system'));
      await picture('operate');
    },
  },
  {
    name: 'a key is made, shown once, changed and revoked',
    play: async ({ page, url, language, call, open, say, picture, expect }) => {
      const name = `scanner ${language}`;
      await open('/keys');
      await page.getByRole('button', { name: say('New key', '新建密钥') }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(say('Name', '名称')).fill(name);
      await dialog.getByLabel(say('Pages a day', '每天页数')).fill('x');
      await dialog.getByText(say('A whole number, 1 or more.', '请输入不小于 1 的整数。')).waitFor();
      await dialog.getByLabel(say('Pages a day', '每天页数')).fill('500');
      await picture('new-key');
      await dialog.getByRole('button', { name: say('Make the key', '创建密钥') }).click();
      const shown = dialog.getByRole('textbox', { name: say('API key', 'API 密钥') });
      const key = await shown.inputValue();
      expect(/^ds_[0-9a-f]{8}_/.test(key), 'The key is shown.');
      const asked = async () => (await fetch(`${url}/v1/jobs`, { headers: { authorization: `Bearer ${key}` } })).status;
      expect((await asked()) === 200, 'The key opens the API.');
      await dialog.getByRole('button', { name: say('Copy', '复制') }).click();
      expect((await page.evaluate(() => navigator.clipboard.readText())) === key, 'The key is in the clipboard.');
      await dialog.getByRole('button', { name: say('Done', '完成') }).click();
      await page.getByRole('rowheader', { name }).waitFor();
      await picture('keys');
      const { keys } = KeyListBody.parse(await call('/v1/keys'));
      expect(keys.find((one) => one.name === name)?.limits.pages_per_day === 500, 'The limit is kept.');
      await page.getByRole('button', { name: `${say('Revoke', '撤销')}: ${name}` }).click();
      await dialog.getByRole('button', { name: say('Revoke', '撤销'), exact: true }).click();
      await page.getByRole('rowheader', { name }).waitFor({ state: 'detached' });
      expect((await asked()) === 401, 'The revoked key opens nothing.');
    },
  },
  {
    name: 'an endpoint is added, tried, switched off and on, given a new secret and deleted',
    play: async ({ page, language, call, open, say, picture, expect, refuses }) => {
      await open('/webhooks');
      refuses('/v1/webhooks');
      await page
        .getByRole('button', { name: say('Add an endpoint', '添加地址') })
        .first()
        .click();
      const dialog = page.getByRole('dialog');
      const address = `https://hooks.invalid/${language}`;
      await dialog.getByLabel(say('Address', '地址')).fill('http://127.0.0.1/');
      await dialog.getByRole('button', { name: say('Add', '添加'), exact: true }).click();
      await dialog.locator('.hint.error').waitFor();
      await dialog.getByLabel(say('Address', '地址')).fill(address);
      await dialog.getByLabel(say('Name', '名称'), { exact: true }).fill(`Hook ${language}`);
      await picture('new-endpoint');
      await dialog.getByRole('button', { name: say('Add', '添加'), exact: true }).click();
      const secret = dialog.getByRole('textbox', { name: say('Secret that signs its events', '用来给事件签名的密钥') });
      expect((await secret.inputValue()).startsWith('whsec_'), 'The secret is shown.');
      await dialog.getByRole('button', { name: say('Done', '完成') }).click();
      await page.getByRole('link', { name: `Hook ${language}` }).click();
      await page.getByRole('button', { name: say('Send a test', '发送测试') }).click();
      await page.getByRole('cell', { name: 'webhook.ping' }).first().waitFor();
      await picture('endpoint');
      await page.getByRole('button', { name: say('Disable', '停用'), exact: true }).click();
      await page.locator('.heading').getByText(say('Disabled', '已停用')).waitFor();
      await page.getByRole('button', { name: say('Enable', '启用'), exact: true }).click();
      await page.locator('.heading').getByText(say('Enabled', '已启用')).waitFor();
      await page.getByRole('button', { name: say('New secret', '更换签名密钥') }).click();
      await dialog.getByRole('button', { name: say('New secret', '更换签名密钥') }).click();
      await secret.waitFor();
      await dialog.getByRole('button', { name: say('Done', '完成') }).click();
      await page.getByRole('button', { name: say('Delete', '删除'), exact: true }).click();
      await dialog.getByRole('button', { name: say('Delete', '删除'), exact: true }).click();
      await page.waitForURL(/#\/webhooks$/);
      const { webhooks } = WebhookListBody.parse(await call('/v1/webhooks'));
      expect(!webhooks.some(({ url }) => url === address), 'The endpoint is gone.');
    },
  },
  {
    name: 'usage is shown by day and by key',
    play: async ({ page, read, open, say, picture, expect, language }) => {
      const { digitalPdf } = await import('../documents/pdfs.ts');
      await read({ name: `counted-${language}.pdf`, bytes: digitalPdf(2, 3) });
      await open('/usage');
      await page
        .getByRole('region', { name: say('Pages', '页数'), exact: true })
        .locator('canvas')
        .waitFor();
      const row = page
        .getByRole('region', { name: say('By key', '按密钥') })
        .locator('tbody tr')
        .first();
      expect(
        Number(((await row.locator('td').first().textContent()) ?? '').replaceAll(/\D/g, '')) >= 2,
        'Two pages are counted.',
      );
      await page.getByText(say('7 days', '7 天')).click();
      await page.waitForURL(/span=week/);
      await picture('usage');
    },
  },
];
