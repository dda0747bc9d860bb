import { describe, expect, it } from 'vitest';
import { piecesOf } from './links.ts';

const links = (text: string) => piecesOf(text).filter(({ href }) => href !== undefined);

describe('links in messages', () => {
  it('are found for http, https and mail, and for plain names of sites', () => {
    expect(links('see https://example.org/a?b=c#d').map(({ href }) => href)).toEqual(['https://example.org/a?b=c#d']);
    expect(links('see example.org now').map(({ href }) => href)).toEqual(['http://example.org/']);
    expect(links('ask ada@example.org').map(({ href }) => href)).toEqual(['mailto:ada@example.org']);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'ftp://example.org/x',
    '//example.org/x',
    'blob:https://example.org/1',
    'tel:123',
  ])('never lead to %j', (text) => {
    for (const { href } of links(text)) expect(href).toMatch(/^(?:https?|mailto):/u);
    expect(links(text).some(({ href }) => /script|data:|file:|ftp:|blob:|tel:/iu.test(href ?? ''))).toBe(false);
  });

  it('leave punctuation around them outside', () => {
    expect(links('(https://example.org/a).')[0]?.text).toBe('https://example.org/a');
    expect(links('Is it https://example.org/a?')[0]?.text).toBe('https://example.org/a');
    expect(links('https://en.wikipedia.org/wiki/Parley_(law)')[0]?.text).toBe(
      'https://en.wikipedia.org/wiki/Parley_(law)',
    );
  });

  it('say where they really lead when a name only looks familiar', () => {
    expect(links('https://аррӏе.com/login')[0]?.host).toBe('xn--80ak6aa92e.com');
    expect(links('https://example.org')[0]?.host).toBeUndefined();
  });

  it('are not made of addresses that pretend to be others', () => {
    expect(links('https://bank.example@evil.example/').some(({ href }) => href?.includes('@evil') ?? false)).toBe(
      false,
    );
    expect(links('https://example.org/\u202egpj.exe')).toEqual([]);
  });

  it('change nothing in the text', () => {
    const text = 'a <b> & https://example.org, then ada@example.org!\n  end';
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });

  it('take no time over a text that is all beginnings of links', () => {
    const before = performance.now();
    piecesOf('http://'.repeat(580));
    piecesOf('a@'.repeat(2000));
    piecesOf('www.'.repeat(1000));
    expect(performance.now() - before).toBeLessThan(500);
  });
});
