import { spoken } from '../words/spoken.ts';

export const words = spoken(
  {
    unreachable: 'The server cannot be reached. Check that it is running and that you are connected; then try again.',
    unknown: 'Something went wrong in this page. Reload it and try again.',
    answered: (status: number) => `The server answered with status ${status}. Try again in a moment.`,
  },
  {
    unreachable: '连不上服务器。请确认它正在运行、网络正常，然后重试。',
    unknown: '页面出了点问题，请刷新后重试。',
    answered: (status: number) => `服务器返回了状态 ${status}，请稍后重试。`,
  },
);
