import * as z from 'zod';
import { ControlRefusal, type ControlRoute, NO_FAULT, read } from '../control-route.ts';
import { faultSchema } from './faults.ts';
import { Trap } from './hotspot.ts';
import type { RouterSimulator } from './simulator.ts';

const mac = z
  .string()
  .regex(/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i, 'six hex pairs such as AA:BB:CC:DD:EE:01')
  .transform((written) => written.replaceAll('-', ':').toUpperCase());
const phone = z.strictObject({ mac, ip: z.ipv4('an address such as 10.5.50.23') });
const code = z.strictObject({ mac, user: z.string().min(1), password: z.string().default('') });
const bytes = z.int().nonnegative().default(0);
const traffic = z.strictObject({ mac, bytes_in: bytes, bytes_out: bytes });
const plan = z.strictObject({ name: z.string().min(1) });

/** What the control server can do with the simulated router. */
export function routerControl(router: RouterSimulator): readonly ControlRoute[] {
  const { books } = router;
  return [
    { method: 'GET', path: '/router/users', what: "The router's user table.", run: () => books.users() },
    { method: 'GET', path: '/router/profiles', what: 'User profiles.', run: () => books.profiles() },
    { method: 'GET', path: '/router/active', what: 'Sessions that are open.', run: () => books.active() },
    { method: 'GET', path: '/router/hosts', what: 'Devices on the network.', run: () => books.hosts() },
    { method: 'GET', path: '/router/cookies', what: 'MAC cookies.', run: () => books.cookies() },
    { method: 'GET', path: '/router/commands', what: 'What was asked of the router.', run: () => books.commands() },
    {
      method: 'POST',
      path: '/router/hosts',
      what: 'A phone joins the network: {"mac", "ip"}.',
      run: (body) => {
        const joined = read(phone, body, 'Not a phone');
        router.addHost(joined);
        return joined;
      },
    },
    {
      method: 'DELETE',
      path: '/router/hosts/{id}',
      what: 'A phone goes away; {id} is its MAC, written AA-BB-CC-DD-EE-01. Its session stays until keepalive ends it.',
      run: (_, id) => {
        const gone = read(mac, id, 'Not a MAC');
        router.removeHost(gone);
        return { gone };
      },
    },
    {
      method: 'POST',
      path: '/router/log-in',
      what: 'Somebody types a code into the hotspot\'s own page: {"mac", "user", "password"}.',
      run: (body) => {
        const given = read(code, body, 'Not a code');
        try {
          router.logIn(given);
        } catch (error) {
          throw error instanceof Trap ? new ControlRefusal(409, error.message) : error;
        }
        return { online: given.user };
      },
    },
    {
      method: 'POST',
      path: '/router/log-out',
      what: 'A phone logs itself out: {"mac"}.',
      run: (body) => {
        const out = read(z.strictObject({ mac }), body, 'Not a phone');
        router.logOut(out.mac);
        return { offline: out.mac };
      },
    },
    {
      method: 'POST',
      path: '/router/traffic',
      what: 'A phone moves bytes, seen from the router: {"mac", "bytes_in", "bytes_out"}.',
      run: (body) => {
        const moved = read(traffic, body, 'Not traffic');
        router.transfer(moved.mac, moved.bytes_in, moved.bytes_out);
        return moved;
      },
    },
    {
      method: 'POST',
      path: '/router/profiles',
      what: 'The operator makes a profile, or makes it again after a reset: {"name"}.',
      run: (body) => {
        const { name } = read(plan, body, 'Not a profile');
        router.addProfile(name);
        return { made: name };
      },
    },
    {
      method: 'POST',
      path: '/router/reboot',
      what: 'Connections and sessions end, uptime begins anew; users stay.',
      run: () => {
        router.reboot();
        return { done: 'reboot' };
      },
    },
    {
      method: 'POST',
      path: '/router/factory-reset',
      what: 'Users, cookies, sessions, hosts, profiles and the identity are gone; the API login stays.',
      run: () => {
        router.factoryReset();
        return { done: 'factory-reset' };
      },
    },
    {
      method: 'POST',
      path: '/router/faults',
      what: 'The router fails, or is, as told; GET /faults lists how: {"name", ...}.',
      run: async (body) => {
        const added = read(faultSchema, body, NO_FAULT);
        await router.addFault(added);
        return { added };
      },
    },
    {
      method: 'DELETE',
      path: '/router/faults',
      what: 'The router works again.',
      run: async () => {
        await router.clearFaults();
        return { cleared: 'router' };
      },
    },
  ];
}
