namespace LeNetServe.BatchScorer.Inputs;

/// <summary>A file without its first bytes.</summary>
internal sealed class ShiftedStream(Stream file, long start) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length - start;

    public override long Position { get => file.Position - start; set => file.Position = value + start; }

    public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => file.Read(buffer);

    public override long Seek(long offset, SeekOrigin origin) =>
        file.Seek(origin == SeekOrigin.Begin ? offset + start : offset, origin) - start;

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
