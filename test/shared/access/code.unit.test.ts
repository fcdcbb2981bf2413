import { describe, expect, it, onTestFinished } from 'vitest';
import { drawPassword, drawUsername } from '#shared/access/code.ts';

const draws = <T>(draw: () => T) => Array.from({ length: 2_000 }, draw);

describe('a code', () => {
  it('is one of 25 to the power of 8 names, all letters of which are drawn, none twice in a row', () => {
    const names = draws(drawUsername);
    for (const name of names) expect(name).toMatch(/^PT-[A-Z0-9]{8}$/);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(names.join('').replaceAll('PT-', '')).size).toBe(25);
  });

  it('is drawn by no generator that can be foretold', () => {
    const { random } = Math;
    onTestFinished(() => void (Math.random = random));
    Math.random = () => {
      throw new Error('Math.random can be foretold');
    };
    expect(drawUsername()).not.toBe(drawUsername());
    expect(drawPassword('usuario_contrasena').reveal()).toMatch(/^[1-9]\d{5}$/);
  });
});
