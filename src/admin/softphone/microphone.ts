/** The microphone, or why there is none. */
import type { MicrophoneTrouble } from './state.ts'

const WANTED = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true }, video: false }

export async function openMicrophone(): Promise<MediaStream | MicrophoneTrouble> {
  // Browsers have none for pages that came by plain HTTP from elsewhere.
  if (!window.isSecureContext) return 'insecure'
  try {
    return await navigator.mediaDevices.getUserMedia(WANTED)
  } catch (error) {
    const name = error instanceof DOMException ? error.name : ''
    return name === 'NotFoundError' || name === 'NotReadableError' ? 'missing' : 'refused'
  }
}

export function closeMicrophone(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}
