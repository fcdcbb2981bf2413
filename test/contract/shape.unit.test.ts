import { describe, expect, it } from 'vitest';
import { lacking, readShape } from './shape.ts';

const shapeOf = (text: string) => readShape(text)?.shape ?? expect.fail('unread');

describe('a shape of the contract', () => {
  it('is read from JSON, and from JSON without its values', () => {
    const whole = shapeOf(
      '{"message":"Listo","empresa":{"id","nombre":"x"},"total":3,"routers":[{"id"}, …],"hora":null}',
    );
    expect(
      lacking(whole, { message: 'Listo', empresa: { id: 1, nombre: 'y' }, total: 4, routers: [], hora: 5 }),
    ).toEqual([]);
    expect(lacking(shapeOf('{id, nombre, activo}'), { id: 1, nombre: 'x' })).toEqual(['.activo is missing']);
  });

  it('holds kinds of values, names inside of others and entries of lists', () => {
    const shape = shapeOf('{"a":{"b":1.5},"c":[{"d":true}],"e":"x"}');
    expect(lacking(shape, { a: { b: '1.5' }, c: [{}], e: 'y' })).toEqual([
      '.a.b is string, not number',
      '.c[0].d is missing',
    ]);
    expect(lacking(shape, { a: [], c: {}, e: null })).toEqual(['.a is no object', '.c is no list']);
  });

  it('holds the texts that portals match, and takes any of several', () => {
    expect(lacking(shapeOf('{"message":"Listo"}'), { message: 'listo' })).toHaveLength(1);
    expect(lacking(shapeOf('{"message":"Activo"|"Inactivo"}'), { message: 'Activo' })).toEqual([]);
    expect(lacking(shapeOf('{"clave":"********"|null}'), { clave: null })).toEqual([]);
  });

  it('is none where the text breaks off', () => {
    expect(readShape('{"a":')).toBeUndefined();
  });
});
