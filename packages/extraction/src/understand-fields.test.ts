import { AppError, Understanding, type UnderstandingRequest } from '@docusnap/contracts';
import { describe, expect, test } from '@jest/globals';
import type { NumberedPage } from './extract.ts';
import { scriptedModel } from './model/scripted-model.ts';
import { pageOfRows } from './test-pages.ts';
import { INVOICE, page, request } from './test-requests.ts';
import { refuseUnanswerable, understand } from './understand.ts';

describe('extract', () => {
  const schema = {
    type: 'object',
    required: ['number', 'currency'],
    properties: {
      number: { type: 'string' },
      currency: { type: 'string' },
      date: { type: 'string', format: 'date' },
      total: { type: 'number' },
      items: {
        type: 'array',
        items: { type: 'object', properties: { name: { type: 'string' }, price: { type: 'number' } } },
      },
    },
  };
  const good = {
    number: 'A-1017',
    currency: null,
    date: '2017-12-29',
    total: 7.5,
    items: [
      { name: 'Green Tea', price: 3 },
      { name: 'Black Tea', price: 4.5 },
    ],
  };
  const extract = (
    model: ReturnType<typeof scriptedModel>,
    more: Partial<UnderstandingRequest> = {},
    pages = [INVOICE],
  ) => understand(pages, request({ task: 'extract', schema, ...more }), { model });

  test('gives each leaf by its path, with proof from where its neighbours stand', async () => {
    const model = scriptedModel(() => good);
    const understood = await extract(model);
    expect(Understanding.parse(understood)).toEqual(understood);
    expect(model.questions).toHaveLength(1);
    expect(Object.keys(understood.fields)).toEqual([
      ...['number', 'currency', 'date', 'total'],
      ...['items.0.name', 'items.0.price', 'items.1.name', 'items.1.price'],
    ]);
    expect(understood.fields).toMatchObject({
      date: { value: '2017-12-29', normalized: '2017-12-29', evidence: [{ quote: '29/12/2017' }] },
      total: { value: 7.5, evidence: [{ quote: 'RM 7.50' }] },
      'items.0.price': { value: 3, grounded: true, evidence: [{ quote: '3.00' }] },
      'items.1.price': { value: 4.5, evidence: [{ quote: '4.50' }] },
    });
    expect(understood.result).toBeNull();
    expect(understood.problems).toEqual({ currency: 'The schema requires it, and no value was found.' });
  });

  test('a wrong answer is repaired once, with what is wrong told', async () => {
    const model = scriptedModel((_, index) => (index === 0 ? { ...good, total: 'much', date: 'soon' } : good));
    const understood = await extract(model);
    expect(understood.fields).toMatchObject({ total: { value: 7.5 }, date: { value: '2017-12-29' } });
    expect(model.questions).toHaveLength(2);
    expect(model.questions[1]!.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(model.told[1]).toMatch(/total: must be number,null[\s\S]*|date: must match format "date"/);
    expect(understood.usage.completion_tokens).toBeGreaterThan(50);
  });

  test('what stays wrong is told by place, and the rest is kept', async () => {
    const model = scriptedModel(() => ({
      ...good,
      total: 'much',
      items: [{ name: 'Green Tea', price: 'dear' }, good.items[1]],
    }));
    const understood = await extract(model);
    expect(understood.problems).toEqual({
      currency: expect.any(String),
      total: "The model's value must be number,null.",
      'items.0.price': "The model's value must be number,null.",
    });
    expect(understood.fields).toMatchObject({
      total: { value: null, grounded: false },
      'items.0.name': { value: 'Green Tea' },
      'items.0.price': { value: null },
      'items.1.price': { value: 4.5 },
    });
  });

  test('a value that is made up is not grounded, and goes where proof is asked for', async () => {
    const model = scriptedModel(() => ({ ...good, number: 'B-2099', total: 9.99 }));
    expect((await extract(model)).fields).toMatchObject({
      number: { value: 'B-2099', grounded: false, confidence: 0, evidence: [] },
      total: { value: 9.99, grounded: false },
      date: { grounded: true },
    });
    const strict = await extract(model, { requireGrounding: true });
    expect(strict.fields).toMatchObject({
      number: { value: null },
      total: { value: null },
      date: { value: '2017-12-29' },
    });
    expect(strict.problems).toMatchObject({
      number: expect.stringContaining('No page says'),
      total: expect.stringContaining('No page says'),
    });
  });

  test('without JSON twice there is no answer', async () => {
    await expect(extract(scriptedModel(() => 'I would rather not.'))).rejects.toMatchObject({
      code: 'llm_answer_invalid',
    });
    await expect(extract(scriptedModel(() => ({ something: 'else' })))).rejects.toMatchObject({
      code: 'llm_answer_invalid',
    });
  });

  test('a schema that cannot be answered is refused before anything is asked', async () => {
    const model = scriptedModel(() => good);
    const wrong = { type: 'object', properties: { a: { $ref: '#' } } };
    await expect(extract(model, { schema: wrong })).rejects.toMatchObject({ code: 'invalid_options' });
    expect(() => refuseUnanswerable(request({ task: 'extract' }))).toThrow('needs a schema');
    expect(() => refuseUnanswerable(request({ task: 'fill' }))).toThrow('needs a form');
    const fields = Array.from({ length: 5_001 }, (_, at) => `Blank ${at}`);
    expect(() => refuseUnanswerable(request({ task: 'fill', form: { fields } }))).toThrow('more than 5000 blanks');
    expect(() => refuseUnanswerable(request({ task: 'fill', form: { fields: fields.slice(1) } }))).not.toThrow();
    expect(model.questions).toEqual([]);
  });

  describe('a long document', () => {
    const filler = (from: number) =>
      Array.from({ length: 30 }, (_, at) => `Paragraph ${from + at} of the general terms that nobody reads`);
    const pages: NumberedPage[] = [
      { number: 1, text: pageOfRows('Invoice No: A-1017', ...filler(100)) },
      { number: 2, text: pageOfRows(['Green Tea', '3.00'], ...filler(200)) },
      { number: 3, text: pageOfRows(['Black Tea', '4.50'], ['Total', 'RM 7.50'], ...filler(300)) },
    ];
    const has = (text: string) => (content: string) => content.includes(text);
    const reading = (content: string) => ({
      number: has('A-1017')(content) ? 'A-1017' : 'UNKNOWN-9',
      currency: null,
      date: null,
      total: has('RM 7.50')(content) ? 7.5 : 0,
      items: [
        ...(has('Green Tea')(content) ? [good.items[0]] : []),
        ...(has('Black Tea')(content) ? [good.items[1]] : []),
      ],
    });

    test('is read in parts of pages: values that pages prove win, lists are joined', async () => {
      const model = scriptedModel(({ messages }) => reading(messages[1]!.content), { contextTokens: 2048 });
      const understood = await extract(model, {}, pages);
      expect(model.questions.length).toBeGreaterThan(1);
      const read = model.told.join('\n');
      for (const line of filler(100).concat(filler(200), filler(300))) expect(read).toContain(line);
      for (const { messages, maxTokens } of model.questions) {
        expect(messages.reduce((sum, { content }) => sum + content.length / 4, 0) + maxTokens).toBeLessThan(2048);
      }
      expect(understood.fields).toMatchObject({
        number: { value: 'A-1017', grounded: true, evidence: [{ page: 1 }] },
        total: { value: 7.5, evidence: [{ page: 3 }] },
        'items.0.name': { value: 'Green Tea', evidence: [{ page: 2 }] },
        'items.1.name': { value: 'Black Tea', evidence: [{ page: 3 }] },
      });
    });

    test('is cut smaller where the model says that it is too long, or where its answer is cut', async () => {
      const limit = 2_600;
      const model = scriptedModel(({ messages }, index) => {
        const { content } = messages[1]!;
        if (content.length > limit && index % 2 === 0) throw new AppError('llm_context_exceeded');
        return content.length > limit ? { cut: '{"number": "A-10' } : reading(content);
      });
      const understood = await extract(model, {}, pages);
      expect(understood.fields).toMatchObject({
        number: { value: 'A-1017' },
        total: { value: 7.5 },
        'items.1.name': { value: 'Black Tea' },
      });
      const answered = model.told.filter((content) => content.length <= limit).join('\n');
      for (const line of filler(100).concat(filler(200), filler(300))) expect(answered).toContain(line);
    });

    test('fails where a single line is too long already', async () => {
      const model = scriptedModel(() => {
        throw new AppError('llm_context_exceeded');
      });
      await expect(extract(model, {}, [page('A-1017')])).rejects.toMatchObject({ code: 'llm_context_exceeded' });
      await expect(
        extract(
          scriptedModel(() => ({ cut: '{' })),
          {},
          [page('A-1017')],
        ),
      ).rejects.toMatchObject({ code: 'llm_answer_invalid' });
    });

    test('fails where the instructions leave no room in the context', async () => {
      const many = Object.fromEntries(
        Array.from({ length: 200 }, (_, at) => [`property ${at}`, { description: 'what is meant by this one' }]),
      );
      const model = scriptedModel(() => good, { contextTokens: 2048 });
      await expect(extract(model, { schema: { type: 'object', properties: many } })).rejects.toMatchObject({
        code: 'llm_context_exceeded',
      });
    });
  });

  test('pictures of the pages asked about go to models that see', async () => {
    const pictures = [1, 2].map((number) => ({ page: number, mediaType: 'image/png', bytes: new Uint8Array(3) }));
    const seeing = scriptedModel(() => good, { sees: true });
    await understand([INVOICE], request({ task: 'extract', schema }), { model: seeing, pictures });
    expect(seeing.questions[0]!.pictures).toEqual([pictures[0]]);
    const scan = { number: 2, text: pageOfRows() };
    await understand([INVOICE, scan], request({ task: 'extract', schema }), { model: seeing, pictures });
    expect(seeing.questions[1]!.pictures).toEqual(pictures);
    await understand([scan], request({ task: 'classify' }), { model: seeing, pictures }).catch(() => undefined);
    expect(seeing.questions[2]!.pictures).toEqual([pictures[1]]);
    const blind = scriptedModel(() => good);
    await understand([INVOICE], request({ task: 'extract', schema }), { model: blind, pictures });
    expect(blind.questions[0]!.pictures).toEqual([]);
  });
});
