namespace LeNetServe.Trainer.Tests.Downloads;

/// <summary>What a <see cref="TestMirror"/> was asked.</summary>
/// <param name="Target">Path, or the absolute address if it was asked as a proxy.</param>
/// <param name="From">First byte of the Range header, 0 without one.</param>
internal sealed record MirrorRequest(string Target, int From);
