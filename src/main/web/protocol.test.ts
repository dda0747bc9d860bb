import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DamagedFrame, printFrame, printServerFrame, readClientFrame, readServerFrame } from './protocol.ts';

const EXAMPLES = new URL('../../../docs/protocol/', import.meta.url);

function examples(side: 'client' | 'server'): [string, string][] {
  const folder = new URL(`${side}/`, EXAMPLES);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]);
}

function reprinted(text: string): string {
  const frame = readServerFrame(text);
  if (frame.type === 'unknown') throw new Error('an example of the server is unknown');
  return printServerFrame(frame);
}

describe('every stored example is read and printed back in meaning', () => {
  test('there are examples of both sides', () => {
    expect(examples('client').length).toBeGreaterThan(9);
    expect(examples('server').length).toBeGreaterThan(11);
  });
  test.each(examples('client'))('client/%s', (_, text) => {
    expect(JSON.parse(printFrame(readClientFrame(text)))).toEqual(JSON.parse(text));
  });
  test.each(examples('server'))('server/%s', (_, text) => {
    expect(JSON.parse(reprinted(text))).toEqual(JSON.parse(text));
  });
  test('and in the same order of members, with the type first', () => {
    for (const [, text] of examples('client')) {
      if (text.includes('1.0')) continue; // a number's digits are the one thing that JSON.parse forgets
      expect(printFrame(readClientFrame(text))).toBe(text.trim());
    }
    for (const [, text] of examples('server')) expect(reprinted(text)).toBe(text.trim());
  });
});

describe('an example with a required member left out, of another kind, or null is refused', () => {
  const optional: Record<string, readonly string[]> = {
    client: ['ref', 'media', 'after', 'before', 'limit'],
    server: [
      'ref',
      'id',
      'from',
      'device',
      'media',
      'client',
      'not',
      'online',
      'lastSeen',
      'retryAfterSeconds',
      'encryption',
      'epoch',
    ],
  };
  for (const side of ['client', 'server'] as const) {
    const read = side === 'client' ? readClientFrame : readServerFrame;
    test.each(examples(side))(`${side}/%s`, (_, text) => {
      const frame = JSON.parse(text) as Record<string, unknown>;
      for (const member of Object.keys(frame)) {
        expect(() => read(JSON.stringify({ ...frame, [member]: { not: 'this' } })), member).toSatisfy(
          (attempt: () => unknown) => member === 'client' || refused(attempt),
        );
        const maybeAbsent =
          optional[side]?.includes(member) ||
          (member === 'time' && frame['type'] === 'message') ||
          (['conversation', 'seq'].includes(member) && frame['type'] === 'error');
        if (member === 'type' || maybeAbsent) continue;
        expect(() => read(JSON.stringify({ ...frame, [member]: undefined })), member).toSatisfy(refused);
        expect(() => read(JSON.stringify({ ...frame, [member]: null })), member).toSatisfy(refused);
      }
    });
  }
  test('an optional member that is null is absent', () => {
    expect(readServerFrame('{"type":"heartbeat","time":"2026-11-24T08:15:35.001Z","ref":null}')).toEqual({
      type: 'heartbeat',
      time: Date.UTC(2026, 10, 24, 8, 15, 35, 1),
    });
  });
});

test.each([
  ['no JSON', '{"type":"bye"'],
  ['a list', '[]'],
  ['no object', '"heartbeat"'],
  ['no type', '{"time":"2026-11-24T08:15:35.001Z"}'],
  ['a seq of 0', '{"type":"sent","id":"m","conversation":"alice~bob","seq":0,"time":"2026-11-24T08:15:35.001Z"}'],
  ['half a seq', '{"type":"sent","id":"m","conversation":"alice~bob","seq":1.5,"time":"2026-11-24T08:15:35.001Z"}'],
  [
    'seq 2^53',
    '{"type":"sent","id":"m","conversation":"alice~bob","seq":9007199254740992,"time":"2026-11-24T08:15:35.001Z"}',
  ],
  ['people out of order', '{"type":"typing","conversation":"bob~alice","user":"bob"}'],
  ['a group without UUID', '{"type":"typing","conversation":"g.friends","user":"bob"}'],
  ['a user id in capitals', '{"type":"presence","user":"Bob"}'],
  ['a time without milliseconds', '{"type":"heartbeat","time":"2026-11-24T08:15:35Z"}'],
  ['30 February', '{"type":"heartbeat","time":"2026-02-30T08:15:35.000Z"}'],
  ['a body without type', '{"type":"message","conversation":"alice~bob","seq":1,"body":{}}'],
  [
    'a range backwards',
    '{"type":"receipt","conversation":"alice~bob","user":"bob","delivered":9,"read":0,"not":[[5,4]]}',
  ],
  ['half a surrogate pair', '{"type":"bye","reason":"\\ud800","reconnectAfterMillis":1}'],
])('damaged: %s is refused', (_, text) => {
  expect(() => readServerFrame(text)).toThrow(DamagedFrame);
});

test.each([
  ['both to and conversation', '{"type":"send","id":"m","to":"bob","conversation":"alice~bob","body":{"type":"text"}}'],
  ['neither of them', '{"type":"send","id":"m","body":{"type":"text"}}'],
  ['after and before', '{"type":"pull","conversation":"alice~bob","after":1,"before":2}'],
  ['a page of 201', '{"type":"pull","conversation":"alice~bob","limit":201}'],
  ['a ref of 65', `{"type":"heartbeat","ref":"${'x'.repeat(65)}"}`],
  ['a type of the server', '{"type":"welcome"}'],
  ['a message id with a space', '{"type":"send","id":"m 1","to":"bob","body":{"type":"text"}}'],
])('from a client: %s is refused', (_, text) => {
  expect(() => readClientFrame(text)).toThrow(DamagedFrame);
});

test('members of a later protocol are ignored', () => {
  expect(readServerFrame('{"type":"caught-up","since":3,"constructor":1}')).toEqual({ type: 'caught-up' });
});

test('a frame of a later protocol is a value of its own', () => {
  expect(readServerFrame('{"type":"reaction","seq":"?"}')).toEqual({ type: 'unknown', name: 'reaction' });
  expect(readServerFrame('{"type":"toString"}')).toEqual({ type: 'unknown', name: 'toString' });
});

test('a body keeps what this client does not know', () => {
  const text = '{"type":"message","conversation":"alice~bob","seq":1,"body":{"type":"poll","of":[{"a":null}]}}';
  expect(reprinted(text)).toBe(text);
});

function refused(attempt: () => unknown): boolean {
  try {
    attempt();
    return false;
  } catch (problem) {
    return problem instanceof DamagedFrame;
  }
}
