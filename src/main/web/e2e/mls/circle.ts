import type { Browser } from '@playwright/test';
import type { Received } from '../../crypto/e2ee.ts';
import { Device } from './device.ts';
import { OrderingService } from './service.ts';

/** A few devices in one group, each step of which a test decides. */
export class Circle {
  readonly group = new TextEncoder().encode('the group');
  readonly #read = new Map<Device, number>();

  private constructor(
    readonly devices: readonly Device[],
    readonly service: OrderingService,
  ) {}

  /** The first one has added the others, and they have joined. */
  static async of(browser: Browser, origin: string, count: number): Promise<Circle> {
    const devices: Device[] = [];
    let circle: Circle | undefined;
    for (let made = 0; made < count; made++) {
      const name = { user: `00000000-0000-4000-8000-00000000000${made}`, device: `${made + 1}`.padStart(16, '0') };
      const device = await Device.start(browser, origin, name, (from, request, bundle) => {
        if (circle === undefined) throw new Error('too early');
        return circle.service.submit(from, request, bundle);
      });
      await device.open();
      devices.push(device);
    }
    const [first, ...others] = devices;
    if (first === undefined) throw new Error('nobody');
    circle = new Circle(devices, new OrderingService(first.key));
    await first.call('create', circle.group);
    const packages: Uint8Array[] = [];
    for (const other of others) packages.push(...(await other.call('keyPackages', 1, 3600)));
    await first.call('add', circle.group, packages);
    for (const other of others) await circle.reads(other);
    return circle;
  }

  at(index: number): Device {
    const device = this.devices[index];
    if (device === undefined) throw new Error(`no device ${index}`);
    return device;
  }

  get groupInfo(): Uint8Array {
    const { groupInfo } = this.service;
    if (groupInfo === undefined) throw new Error('no commit yet');
    return groupInfo;
  }

  /** Everything that has come since it read last. */
  async reads(device: Device): Promise<Received[]> {
    const received: Received[] = [];
    const feed = this.service.feed(device.key);
    for (let at = this.#read.get(device) ?? 0; at < feed.length; at++) {
      const item = feed[at];
      if (item?.kind === 'welcome') await device.call('join', item.welcome);
      else if (item?.kind === 'removed') await device.call('forget', this.group);
      else if (item !== undefined) {
        received.push(...(await device.call('receive', this.group, [{ seq: item.seq, message: item.message }])));
      }
      this.#read.set(device, at + 1);
    }
    return received;
  }

  async says(device: Device, text: string): Promise<void> {
    const [message] = await device.call('encrypt', this.group, [new TextEncoder().encode(text)]);
    if (message === undefined || !this.service.post(device.key, message, text))
      throw new Error(`'${text}' is not taken`);
  }

  async end(): Promise<void> {
    for (const device of this.devices) await device.end();
  }
}
