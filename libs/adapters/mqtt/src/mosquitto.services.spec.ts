import { SystemClock } from '@quaymaster/clock';
import { describeWithServices } from '@quaymaster/ports/testing';
import { fleetFilters, vehicleTopics } from '@quaymaster/telemetry';
import type { MqttClient } from 'mqtt';
import { BrokerRefusedError, BrokerUnavailableError, SubscriptionRefusedError } from './broker-errors';
import { connectMqtt, type MqttConnection, sharedFilter, subscribeTo } from './connect-mqtt';
import { DynamicSecurity, serviceRights } from './dynamic-security';

describeWithServices('Mosquitto', ['QM_MQTT_URL', 'QM_MQTT_USERNAME', 'QM_MQTT_PASSWORD'], (env) => {
  const clock = new SystemClock();
  const url = env['QM_MQTT_URL']!;
  const serial = `${process.pid}-${Date.now()}`;
  const [A, B] = [`A-${serial}`, `B-${serial}`];
  const dispatch = `dispatch-${serial}`;
  const ingest = `ingest-${serial}`;
  const secret = (name: string) => `secret of ${name}`;
  const clients: MqttClient[] = [];
  let admin: MqttClient;
  let security: DynamicSecurity;

  async function enter(username: string, changes: Partial<MqttConnection> = {}): Promise<MqttClient> {
    const client = await connectMqtt({ url, clientId: username, username, password: secret(username), protocolVersion: 5, ...changes });
    clients.push(client);
    return client;
  }

  interface Heard { readonly topic: string; readonly text: string }

  function ear(client: MqttClient): { readonly heard: Heard[]; readonly until: (text: string) => Promise<void> } {
    const heard: Heard[] = [];
    client.on('message', (topic, payload) => { heard.push({ topic, text: payload.toString() }); });
    return { heard, until: async (text) => { while (!heard.some((one) => one.text === text)) await clock.sleep(2); } };
  }

  beforeAll(async () => {
    admin = await connectMqtt({ url, clientId: `admin-${serial}`, username: env['QM_MQTT_USERNAME']!, password: env['QM_MQTT_PASSWORD']!, protocolVersion: 5 });
    security = await DynamicSecurity.over(admin);
    await security.forbidByDefault();
    for (const vehicleId of [A, B]) await security.putVehicle(vehicleId, secret(vehicleId));
    await security.putService(dispatch, secret(dispatch), serviceRights.dispatch);
    await security.putService(ingest, secret(ingest), serviceRights.ingest);
  });
  afterEach(async () => { for (const client of clients.splice(0)) await client.endAsync(true); });
  afterAll(async () => {
    for (const vehicleId of [A, B]) await security.removeVehicle(vehicleId);
    for (const name of [dispatch, ingest]) await security.removeService(name);
    await admin.endAsync(true);
  });

  describe('lets enter', () => {
    it('nobody without a name, with a wrong password, an unknown name, or a foreign client id', async () => {
      await expect(enter('', { clientId: `nobody-${serial}`, password: '' })).rejects.toThrow(/not authori[sz]ed/i);
      await expect(enter(A, { password: 'wrong' })).rejects.toThrow(/not authori[sz]ed|bad user/i);
      await expect(enter(`unknown-${serial}`)).rejects.toThrow(/not authori[sz]ed|bad user/i);
      await expect(enter(A, { clientId: B })).rejects.toThrow(/not authori[sz]ed|not valid/i);
    });

    it.each([4, 5] as const)('a vehicle that speaks MQTT version %d', async (protocolVersion) => {
      expect((await enter(A, { protocolVersion })).connected).toBe(true);
    });
  });

  describe('a vehicle hears', () => {
    it('its own commands and leases, and those of no other', async () => {
      const [a, b, service] = [await enter(A), await enter(B), await enter(dispatch)];
      const [of, other] = [ear(a), ear(b)];
      await subscribeTo(a, [vehicleTopics.command(A), vehicleTopics.lease(A)]);
      await subscribeTo(b, [vehicleTopics.command(B), vehicleTopics.lease(B)]);
      await service.publishAsync(vehicleTopics.command(B), 'for B', { qos: 1 });
      await service.publishAsync(vehicleTopics.lease(A), 'lease of A', { qos: 0 });
      await service.publishAsync(vehicleTopics.command(A), 'for A', { qos: 1 });
      await Promise.all([of.until('for A'), other.until('for B')]);
      expect(of.heard.map(({ text }) => text)).toEqual(['lease of A', 'for A']);
      expect(other.heard.map(({ text }) => text)).toEqual(['for B']);
    });

    it.each([
      ['the commands of another', vehicleTopics.command(B)], ['the commands of all', 'fleet/v1/+/command'], ['everything', '#'], ['everything of the fleet', 'fleet/#'],
      ['all its own by a wildcard', `fleet/v1/${A}/#`], ['its own frames', vehicleTopics.frame(A)], ['the frames of another', vehicleTopics.frame(B)], ['the broker', '$SYS/#'],
      ['who may do what', '$CONTROL/#'], ['another in a group', `$share/g/${vehicleTopics.command(B)}`], ['everything in a group', '$share/g/#'],
    ])('never %s', async (_, filter) => {
      const [a, service] = [await enter(A), await enter(dispatch)];
      const { heard, until } = ear(a);
      await expect(subscribeTo(a, [filter])).rejects.toBeInstanceOf(SubscriptionRefusedError);
      await subscribeTo(a, [vehicleTopics.command(A)]);
      const b = await enter(B);
      await b.publishAsync(vehicleTopics.frame(B), 'foreign', { qos: 1 });
      await service.publishAsync(vehicleTopics.command(B), 'foreign', { qos: 1 });
      await service.publishAsync(vehicleTopics.command(A), 'marker', { qos: 1 });
      await until('marker');
      expect(heard.map(({ text }) => text)).toEqual(['marker']);
    });
  });

  describe('a vehicle says', () => {
    it('frames, acknowledgements and its connection, in its own name', async () => {
      const [service, other, a] = [await enter(ingest), await enter(dispatch), await enter(A)];
      const [frames, acknowledgements] = [ear(service), ear(other)];
      await subscribeTo(service, serviceRights.ingest.hears);
      await subscribeTo(other, serviceRights.dispatch.hears);
      await a.publishAsync(vehicleTopics.frame(A), 'frame', { qos: 0 });
      await a.publishAsync(vehicleTopics.acknowledgement(A), 'ack', { qos: 1 });
      await a.publishAsync(vehicleTopics.connection(A), 'here', { qos: 1 });
      await Promise.all([frames.until('here'), acknowledgements.until('here')]);
      expect(frames.heard.map(({ text }) => text)).toEqual(['frame', 'here']);
      expect(acknowledgements.heard.map(({ text }) => text)).toEqual(['ack', 'here']);
    });

    it.each([
      ['a frame in the name of another', vehicleTopics.frame(B)], ['an acknowledgement in the name of another', vehicleTopics.acknowledgement(B)],
      ['that another is gone', vehicleTopics.connection(B)], ['a command to another', vehicleTopics.command(B)], ['a command to itself', vehicleTopics.command(A)],
      ['a lease to itself', vehicleTopics.lease(A)], ['anything elsewhere', 'fleet/v1/elsewhere'], ['who may do what', '$CONTROL/dynamic-security/v1'],
    ])('never %s', async (_, topic) => {
      const watcher = ear(admin);
      await subscribeTo(admin, ['fleet/#']);
      const a = await enter(A);
      // MQTT 5 says so to the sender; one that does not ask is not heard either.
      await expect(a.publishAsync(topic, 'forged', { qos: 1 })).rejects.toThrow(/not authori[sz]ed/i);
      a.publish(topic, 'forged', { qos: 0, retain: true });
      await a.publishAsync(vehicleTopics.frame(A), `marker for ${topic}`, { qos: 1 });
      await watcher.until(`marker for ${topic}`);
      await admin.unsubscribeAsync('fleet/#');
      expect(watcher.heard.filter(({ text }) => text === 'forged')).toEqual([]);
    });
  });

  describe('a service', () => {
    it.each([
      ['ingest commands no vehicle', ingest, vehicleTopics.command(A)], ['ingest gives no leases', ingest, vehicleTopics.lease(A)],
      ['dispatch makes no frames', dispatch, vehicleTopics.frame(A)], ['dispatch acknowledges nothing', dispatch, vehicleTopics.acknowledgement(A)],
    ])('has no rights beyond its own: %s', async (_, name, topic) => {
      await expect((await enter(name)).publishAsync(topic, 'forged', { qos: 1 })).rejects.toThrow(/not authori[sz]ed/i);
    });

    it('hears no commands when it is ingest, and nobody\'s frames when it is dispatch', async () => {
      await expect(subscribeTo(await enter(ingest), ['fleet/v1/+/command'])).rejects.toBeInstanceOf(SubscriptionRefusedError);
      await expect(subscribeTo(await enter(dispatch), [fleetFilters.frames])).rejects.toBeInstanceOf(SubscriptionRefusedError);
    });
  });

  describe('rights', () => {
    it('are given as often as one likes, and taken away as often', async () => {
      const vehicleId = `C-${serial}`;
      await security.putVehicle(vehicleId, 'first');
      await security.putVehicle(vehicleId, 'second');
      await expect(enter(vehicleId, { password: 'first' })).rejects.toThrow();
      const vehicle = await enter(vehicleId, { password: 'second' });
      vehicle.options.reconnectPeriod = 0;
      const gone = new Promise<void>((resolve) => { vehicle.once('close', () => { resolve(); }); });
      await security.removeVehicle(vehicleId);
      await gone;
      await security.removeVehicle(vehicleId);
      await expect(enter(vehicleId, { password: 'second' })).rejects.toThrow();
    });

    it('that a service has no more are missed at its next connect, and found when they are back', async () => {
      const faults: Error[] = [];
      const service = await enter(ingest, { onFault: (error) => faults.push(error) });
      await subscribeTo(service, [fleetFilters.frames]);
      await security.putService(ingest, secret(ingest), serviceRights.dispatch);
      while (!faults.some((fault) => fault instanceof SubscriptionRefusedError)) await clock.sleep(5);
      await security.putService(ingest, secret(ingest), serviceRights.ingest);
      const { until } = ear(service);
      const a = await enter(A);
      const sending = clock.every(50, () => { a.publish(vehicleTopics.frame(A), 'heard again'); });
      await until('heard again');
      sending();
    });

    it('are never given to a name that means more than one, to the administrator, or without a password', async () => {
      for (const name of ['', '+', '#', 'A/B', '$SYS', 'A B']) {
        await expect(security.putVehicle(name, 'x')).rejects.toThrow(RangeError);
        await expect(security.putService(name, 'x', serviceRights.ingest)).rejects.toThrow(RangeError);
      }
      await expect(security.putVehicle(env['QM_MQTT_USERNAME']!, 'x')).rejects.toThrow(RangeError);
      await expect(security.putVehicle(A, '')).rejects.toThrow(RangeError);
    });

    it('cannot be given by one who may not, nor when the broker is away', async () => {
      await expect(DynamicSecurity.over(await enter(dispatch))).rejects.toBeInstanceOf(SubscriptionRefusedError);
      const odd = `odd-${serial}`;
      await security.putService(odd, secret(odd), { publishes: [], hears: ['$CONTROL/dynamic-security/v1/response'] });
      await expect((await DynamicSecurity.over(await enter(odd))).putVehicle(A, 'x')).rejects.toBeInstanceOf(BrokerRefusedError);
      await security.removeService(odd);
      const other = await connectMqtt({ url, clientId: `admin-2-${serial}`, username: env['QM_MQTT_USERNAME']!, password: env['QM_MQTT_PASSWORD']!, protocolVersion: 5 });
      const away = await DynamicSecurity.over(other);
      await other.endAsync(true);
      const error: unknown = await away.putVehicle(A, 'hush-hush').catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(BrokerUnavailableError);
      expect(String(error)).not.toContain('hush-hush');
    });
  });

  describe('a group of two', () => {
    const filter = sharedFilter(`group-${serial}`, fleetFilters.frames);
    const member = async (name: string) => {
      const client = await enter(ingest, { clientId: `${name}-${serial}` });
      const texts: string[] = [];
      client.handleMessage = (packet, done) => {
        texts.push(packet.payload.toString());
        done();
      };
      await subscribeTo(client, [filter]);
      return { client, texts };
    };

    it('splits the frames, each taken once; when one is killed the other has all of them within five seconds', async () => {
      const [first, second] = [await member('first'), await member('second')];
      const a = await enter(A);
      for (let i = 0; i < 400; i += 1) await a.publishAsync(vehicleTopics.frame(A), `frame ${i}`, { qos: i % 2 === 0 ? 0 : 1 });
      while (first.texts.length + second.texts.length < 400) await clock.sleep(5);
      await clock.sleep(100);
      const all = [...first.texts, ...second.texts];
      expect(all).toHaveLength(400);
      expect(new Set(all).size).toBe(400);
      expect(Math.min(first.texts.length, second.texts.length)).toBeGreaterThan(100);

      first.client.options.reconnectPeriod = 0;
      first.client.stream.destroy();
      const killedMs = clock.monotonicMs();
      second.texts.length = 0;
      let sent = 0;
      // All of fifty in a row: the group has one member.
      for (let inARow = 0; inARow < 50; sent += 1) {
        await a.publishAsync(vehicleTopics.frame(A), `later ${sent}`, { qos: 1 });
        for (let looks = 0; looks < 100 && !second.texts.includes(`later ${sent}`); looks += 1) await clock.sleep(1);
        inARow = second.texts.includes(`later ${sent}`) ? inARow + 1 : 0;
        expect(clock.monotonicMs() - killedMs).toBeLessThan(5000);
      }
    });
  });
});
