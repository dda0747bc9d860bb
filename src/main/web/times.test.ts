import { describe, expect, it } from 'vitest';
import {
  clockTime,
  dateAndTime,
  dayAndTime,
  dayName,
  dayNumber,
  listTime,
  minuteAfter,
  nextMidnight,
} from './times.ts';

const moment = (year: number, month: number, day: number, hour = 12, minute = 0): number =>
  new Date(year, month - 1, day, hour, minute).getTime();
const now = moment(2026, 11, 25, 9, 30); // a Wednesday

describe('times', () => {
  it('of today are a time, also those a wrong clock puts into the future', () => {
    expect(listTime(moment(2026, 11, 25, 0, 0), now)).toBe(clockTime(moment(2026, 11, 25, 0, 0)));
    expect(listTime(now + 60_000, now)).toBe(clockTime(now + 60_000));
  });

  it('of a minute before midnight are yesterday’s', () => {
    const late = moment(2026, 11, 24, 23, 59);
    expect(listTime(late, moment(2026, 11, 25, 0, 0))).toBe('Yesterday');
    expect(dayName(late, moment(2026, 11, 25, 0, 0))).toBe('Yesterday');
  });

  it('of the last week are a weekday, those before a date', () => {
    expect(listTime(moment(2026, 11, 23), now)).toBe('Monday');
    expect(listTime(moment(2026, 11, 19), now)).toBe('Thursday');
    expect(listTime(moment(2026, 11, 18), now)).not.toBe('Wednesday');
  });

  it('of another year say which', () => {
    expect(listTime(moment(2025, 12, 31), moment(2026, 3, 1))).toContain('25');
    expect(dayName(moment(2025, 12, 31), moment(2026, 3, 1))).toContain('2025');
    expect(dayName(moment(2026, 2, 1), moment(2026, 3, 1))).not.toContain('2026');
  });

  it('around New Year are still yesterday and weekdays', () => {
    const early = moment(2027, 1, 1, 0, 5);
    expect(listTime(moment(2026, 12, 31, 23, 55), early)).toBe('Yesterday');
    expect(listTime(moment(2026, 12, 29), early)).toBe('Tuesday');
  });

  it('count days by the calendar, not by hours', () => {
    expect(dayNumber(moment(2026, 3, 30, 0, 1)) - dayNumber(moment(2026, 3, 28, 23, 59))).toBe(2);
    expect(dayNumber(moment(2026, 10, 26, 0, 1)) - dayNumber(moment(2026, 10, 25, 0, 1))).toBe(1);
  });

  it('fit into a sentence', () => {
    expect(dayAndTime(moment(2026, 11, 24, 14, 2), now)).toMatch(/^yesterday, /u);
    expect(dayAndTime(moment(2026, 11, 22, 14, 2), now)).toMatch(/^Sunday, /u);
  });

  it('that something happened before are named so that nobody misreads them', () => {
    expect(dateAndTime(moment(2026, 11, 24, 14, 2), now)).toMatch(/24/u);
    expect(dateAndTime(moment(2026, 11, 25, 8, 2), now)).toBe(clockTime(moment(2026, 11, 25, 8, 2)));
    expect(minuteAfter(moment(2026, 11, 25, 8, 2) + 1)).toBe(moment(2026, 11, 25, 8, 3));
  });

  it('know when the day ends', () => {
    expect(nextMidnight(now)).toBe(moment(2026, 11, 26, 0, 0));
  });
});
