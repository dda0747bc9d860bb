import { effect } from '@preact/signals';
import type { Changes, News, Notice } from '../channel.ts';
import { isSilent } from '../reducers/news.ts';
import { services } from '../services.ts';
import {
  applyChanges,
  dropTyping,
  me,
  openConversation,
  serverNow,
  setClockOffset,
  setKeys,
  setLink,
  setOlderProblem,
  setPresence,
  setTransfer,
  setTyping,
  speak,
  store,
  tickMinute,
} from '../store.ts';
import { arrivalReadout, text, unreadMessages } from '../strings.ts';
import { nextMidnight } from '../times.ts';
import { forget, start } from './account.ts';
import { mend, olderStored, watchAgain } from './chat.ts';
import { inWords, nameOf } from './names.ts';
import { notifyOf } from './notify.ts';

const TYPING_SHOWN_MILLIS = 6_000;
/** For a page that gets no frames though it is not hidden. */
const BEAT_MILLIS = 250;
/** More arrivals at once than this are told as a number: nobody can listen to two hundred messages a second. */
const SPOKEN_MOST = 3;

let waiting: Changes[] = [];
let frame: number | undefined;
let beat: ReturnType<typeof setTimeout> | undefined;

/** A turn that no browser puts off. */
const turn = new MessageChannel();

export function listen(): void {
  turn.port1.onmessage = applyWaiting;
  document.addEventListener('visibilitychange', applyWaiting); // hidden between asking for a frame and getting it
  services().hear(heard);
  watchMinutes();
}

function heard(said: News | Notice): void {
  switch (said.kind) {
    case 'changes':
      waiting.push(said);
      soon();
      break;
    case 'link':
      setLink(said.link);
      break;
    case 'presence':
      setPresence(said.presence);
      break;
    case 'typing':
      setTyping(said.conversation, said.user, Date.now() + TYPING_SHOWN_MILLIS);
      watchTyping();
      break;
    case 'keys':
      setKeys(said.keys);
      break;
    case 'transfer':
      setTransfer(said.id, said.transfer);
      break;
    case 'clock':
      setClockOffset(said.offset);
      break;
    case 'older-stored':
      void olderStored(said.conversation);
      break;
    case 'older-failed':
      setOlderProblem(said.conversation, text.olderFailed);
      break;
    case 'owner':
      watchAgain();
      break;
    case 'logged-in':
      void start();
      break;
    case 'forget':
      forget();
      break;
  }
}

/**
 * At most once a frame. A hidden page gets no frames, and its timers may run once a minute: there it is the next turn, and the
 * worker, which gathers what comes, sees to it that there are few.
 */
function soon(): void {
  if (document.hidden) {
    turn.port2.postMessage(undefined);
    return;
  }
  frame ??= requestAnimationFrame(apply);
  beat ??= setTimeout(apply, BEAT_MILLIS);
}

function applyWaiting(): void {
  if (waiting.length > 0) apply();
}

function apply(): void {
  if (frame !== undefined) cancelAnimationFrame(frame);
  clearTimeout(beat);
  frame = undefined;
  beat = undefined;
  const all = waiting;
  waiting = [];
  if (store.phase.peek() !== 'ready') return; // what is told now stands in the database when it is read
  applyChanges(all);
  void mend();
  const arrived = all.flatMap((changes) => changes.messages ?? []);
  if (arrived.length === 0) return;
  readOut(arrived);
  void notifyOf(arrived);
}

function readOut(
  arrived: readonly { conversation: string; from?: string; time?: number; body: Parameters<typeof inWords>[0] }[],
): void {
  const others = arrived.filter(
    (message) =>
      message.conversation === openConversation.peek() &&
      message.from !== undefined &&
      message.from !== me.peek() &&
      !isSilent(message.body),
  );
  const lines =
    others.length > SPOKEN_MOST
      ? [unreadMessages(others.length)]
      : others.map((message) => arrivalReadout(nameOf(message.from ?? ''), message.time, inWords(message.body)));
  if (lines.length > 0) speak(lines);
}

let isWatchingTyping = false;

function watchTyping(): void {
  if (isWatchingTyping) return;
  isWatchingTyping = true;
  setTimeout(() => {
    isWatchingTyping = false;
    if (dropTyping(Date.now())) watchTyping();
  }, 1_000);
}

/** "Today" ends at midnight, "last seen" grows old: once a minute is enough, and exactly at midnight. */
function watchMinutes(): void {
  const next = (): void => {
    const now = serverNow();
    tickMinute(now);
    setTimeout(next, Math.max(1_000, Math.min(60_000, nextMidnight(now) - now)));
  };
  next();
  // The clock's offset comes with the first answer of the server.
  effect(() => {
    store.clockOffset.value;
    tickMinute(serverNow());
  });
}
