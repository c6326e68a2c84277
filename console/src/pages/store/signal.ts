/** Heard and felt where nobody looks at the screen: a scan was good, or it was wrong. */

let audio: AudioContext | undefined;

function tone(frequency: number, at: number, seconds: number): void {
  if (audio === undefined) return;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = frequency;
  oscillator.type = "square";
  gain.gain.setValueAtTime(0.2, audio.currentTime + at);
  gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + seconds);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(audio.currentTime + at);
  oscillator.stop(audio.currentTime + at + seconds);
}

export function signal(kind: "good" | "wrong"): void {
  try {
    // refused where the page was never touched, or the device can't
    navigator.vibrate?.(kind === "good" ? 40 : [120, 80, 120, 80, 120]);
    audio ??= new AudioContext();
    if (kind === "good") tone(1320, 0, 0.12);
    else [0, 0.2, 0.4].forEach((at) => tone(220, at, 0.16));
  } catch {
    // the message on the screen says the same
  }
}
