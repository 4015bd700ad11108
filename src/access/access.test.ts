import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instant } from '../core/time.ts'
import { hashRecoveryCode, newRecoveryCodes, totpStep } from './codes.ts'
import { hashPassword, isPassword, refusePassword } from './password.ts'
import { networkOf } from './throttle.ts'
import { makeVault, readVaultKey } from './vault.ts'

describe('6.2: passwords', () => {
  const about = ['maya.tremblay@contoso.example', 'Maya Tremblay']
  test.each([
    'password1234',
    'P@ssw0rd1234',
    'motdepasse2026',
    'qwertyuiop12',
    'azertyuiop!!',
    '123456789012',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'Welcome2026!!',
    'correct horse battery staple',
    'letmeinletmein',
    'admin-admin-admin',
  ])('%s is common', (password) => expect(refusePassword(password, about)).toBe('password-too-common'))

  test.each(['mayatremblay1', 'tremblay-contoso', 'Contoso-2026!'])('%s is about the person', (password) =>
    expect(refusePassword(password, about)).toBe('password-about-you'),
  )

  test.each([
    'seven green bicycles',
    'nine slow yellow trams',
    'Xk2#vv9Lq!mz',
    'sept vélos verts à vendre',
    '8157-2290-7716-3',
  ])('%s is a good one', (password) => expect(refusePassword(password, about)).toBeNull())

  test('argon2id; the same in either way to write an accent; nobody’s hash opens nothing', async () => {
    const hash = await hashPassword('sept ve\u0301los verts')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await isPassword('sept v\u00e9los verts', hash)).toBe(true)
    expect(await isPassword('sept vélos rouges', hash)).toBe(false)
    expect(await isPassword('nobody has this password', null)).toBe(false)
  })
})

describe('the vault', () => {
  const vault = makeVault(Buffer.alloc(32, 1))

  test('opens what it sealed, for the same purpose, and nothing that was changed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), (secret, purpose, at) => {
        const sealed = vault.seal(secret, purpose)
        expect(vault.open(sealed, purpose)).toBe(secret)
        expect(() => vault.open(sealed, `${purpose}!`)).toThrow()
        const changed = Buffer.from(sealed)
        changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ 1
        expect(() => vault.open(changed, purpose)).toThrow()
        expect(() => makeVault(Buffer.alloc(32, 2)).open(sealed, purpose)).toThrow()
      }),
    )
  })

  test('its key is made once, for its owner alone; a file that holds none stops the start', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ringfence-vault-'))
    const file = join(folder, 'home', 'secret.key')
    const key = readVaultKey(file)
    expect(key).toHaveLength(32)
    expect(readVaultKey(file)).toEqual(key)
    expect(statSync(file).mode & 0o077).toBe(0)
    writeFileSync(file, 'nonsense')
    expect(() => readVaultKey(file)).toThrow('64 hexadecimal digits')
    rmSync(folder, { recursive: true })
  })
})

describe('codes', () => {
  test('RFC 6238 appendix B: the step of a code, a step before and after it, and no other', () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    const at = (seconds: number) => totpStep('287082', secret, instant(seconds * 1000))
    expect([at(59), at(29), at(89)]).toEqual([1n, 1n, 1n])
    expect([at(119), at(3600)]).toEqual([null, null])
  })

  test('recovery codes differ, have 120 bits, and are read however they are typed', () => {
    const codes = newRecoveryCodes()
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) {
      expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{6}(-[0-9a-hjkmnp-tv-z]{6}){3}$/)
      expect(hashRecoveryCode(` ${code.toUpperCase().replaceAll('-', '')} `)).toBe(hashRecoveryCode(code))
    }
  })
})

describe('throttles', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('%s is of the network %s', (address, network) => expect(networkOf(address)).toBe(network))
})
