import { z } from 'zod';

/** Where Docker is asked: its socket on Medic's own machine, or an address over TCP, such as that of a proxy that lets only GET through. */
export const Docker = z
  .union([
    z.strictObject({ socket: z.string().regex(/^\//, 'write an absolute path') }),
    z.strictObject({
      url: z
        .string()
        .regex(
          /^(?:http|tcp):\/\/[\w.-]+(?::\d{1,5})?\/?$/,
          'write an address such as http://127.0.0.1:2375',
        ),
    }),
  ])
  .nullable()
  .default(null);
