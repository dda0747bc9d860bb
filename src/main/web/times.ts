// How moments are written, in the person's own locale. `now` always comes in, so that midnight can be tested.

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const known = formats.get(name);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(undefined, options);
  formats.set(name, made);
  return made;
}

const clock = () => format('clock', { timeStyle: 'short' });
const weekday = () => format('weekday', { weekday: 'long' });
const dayAndMonth = () => format('day', { day: 'numeric', month: 'long', weekday: 'long' });
const shortDay = () => format('short', { day: 'numeric', month: 'short' });
const date = () => format('date', { day: 'numeric', month: 'numeric', year: '2-digit' });
const longDate = () => format('long', { day: 'numeric', month: 'long', year: 'numeric' });
const full = () =>
  format('full', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
  });

let relativeDays: Intl.RelativeTimeFormat | undefined;

/** "Today", "Yesterday", in the locale's words and with a capital, since it stands alone. */
function nearDay(days: 0 | -1): string {
  relativeDays ??= new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  const word = relativeDays.format(days, 'day');
  return word.charAt(0).toLocaleUpperCase() + word.slice(1);
}

/** The local calendar day, counted: days of 23 and 25 hours are one day like any other. */
export function dayNumber(moment: number): number {
  const local = new Date(moment);
  return Math.floor(Date.UTC(local.getFullYear(), local.getMonth(), local.getDate()) / 86_400_000);
}

/** The local minute: what is said in one minute by one person belongs together. */
export function minuteNumber(moment: number): number {
  return Math.floor(moment / 60_000);
}

function daysAgo(moment: number, now: number): number {
  return dayNumber(now) - dayNumber(moment);
}

export function isToday(moment: number, now: number): boolean {
  return daysAgo(moment, now) <= 0;
}

export function clockTime(moment: number): string {
  return clock().format(moment);
}

export function fullTime(moment: number): string {
  return full().format(moment);
}

function isThisYear(moment: number, now: number): boolean {
  return new Date(moment).getFullYear() === new Date(now).getFullYear();
}

/** In the list of chats: today the time, within the week the weekday, else the date. */
export function listTime(moment: number, now: number): string {
  const days = daysAgo(moment, now);
  if (days <= 0) return clockTime(moment);
  if (days === 1) return nearDay(-1);
  if (days < 7) return weekday().format(moment);
  return isThisYear(moment, now) ? shortDay().format(moment) : date().format(moment);
}

/** Between messages: whose day begins here. */
export function dayName(moment: number, now: number): string {
  const days = daysAgo(moment, now);
  if (days <= 0) return nearDay(0);
  if (days === 1) return nearDay(-1);
  if (days < 7) return weekday().format(moment);
  return isThisYear(moment, now) ? dayAndMonth().format(moment) : longDate().format(moment);
}

/** A day and a time to put into a sentence: "14:03", "yesterday, 14:03", "Monday, 14:03", "3 Nov, 14:03". */
export function dayAndTime(moment: number, now: number): string {
  const days = daysAgo(moment, now);
  if (days <= 0) return clockTime(moment);
  return `${days === 1 ? nearDay(-1).toLocaleLowerCase() : listTime(moment, now)}, ${clockTime(moment)}`;
}

/** The end of the minute a moment lies in: by then it had happened, whatever the seconds were. */
export function minuteAfter(moment: number): number {
  return Math.ceil(moment / 60_000) * 60_000;
}

/** As `dayAndTime`, where "yesterday" would be misread: "14:03", "3 Nov, 14:03". */
export function dateAndTime(moment: number, now: number): string {
  if (isToday(moment, now)) return clockTime(moment);
  return `${isThisYear(moment, now) ? shortDay().format(moment) : date().format(moment)}, ${clockTime(moment)}`;
}

/** When the next local day begins: then "Today" is another day. */
export function nextMidnight(now: number): number {
  const local = new Date(now);
  return new Date(local.getFullYear(), local.getMonth(), local.getDate() + 1).getTime();
}
