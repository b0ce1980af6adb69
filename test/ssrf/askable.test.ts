import { expect, test } from 'vitest'
import { isAskable } from '../../src/network.ts'
import { privateUrls } from './corpus.ts'

test('of 200 addresses that lead inside, none may be asked because a server outside named it', async () => {
  for (const url of privateUrls(8_080).filter(one => !/nip\.io|rbndr|localtest|burp|1u\.ms|lvh|sslip|vcap/.test(one)))
    expect([url, isAskable(url, 'https://vendor.example/')]).toEqual([url, false])
  // Whoever has a public name lead inside is asked by https alone, for which nothing inside has a certificate.
  for (const url of privateUrls(8_080).filter(one => one.startsWith('http://')))
    expect([url, isAskable(url, 'https://vendor.example/')]).toEqual([url, false])
  expect(isAskable('https://www.vendor.example/keys', 'https://vendor.example/')).toBe(true)
  expect(isAskable('http://127.0.0.1:9000/keys', 'http://127.0.0.1:9000')).toBe(true)
  expect(isAskable('http://127.0.0.1:9001/keys', 'http://127.0.0.1:9000')).toBe(false)
})
