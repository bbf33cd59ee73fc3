import { spoken } from '../words/spoken.ts';

export const words = spoken(
  {
    title: 'Read a document',
    lead: 'Photographs, scans and PDFs in; text, tables and places out.',
    recent: 'Read lately',
    all: 'All jobs',
    noneYet: 'What you read shows up here.',
    another: 'Read another',
    understand: 'Understand it',
  },
  {
    title: '识别文件',
    lead: '放入照片、扫描件或 PDF，得到文字、表格和它们的位置。',
    recent: '最近识别',
    all: '全部任务',
    noneYet: '识别过的文件会出现在这里。',
    another: '再识别一份',
    understand: '理解它',
  },
);
