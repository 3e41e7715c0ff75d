using LeNetServe.BatchScorer.Scoring;

namespace LeNetServe.BatchScorer.Outputs;

internal sealed class TextFile : RowFile
{
    private readonly OutputSink sink;
    private readonly RowText text;

    public TextFile(OutputSink sink, RowText text)
    {
        this.sink = sink;
        this.text = text;
        sink.Stream.Write(text.Header);
    }

    public override void Prepare(Chunk chunk) => text.Prepare(chunk);

    public override void Write(Chunk chunk) => sink.Stream.Write(chunk.Text.WrittenSpan);

    public override void Complete() => sink.Publish();

    public override void Dispose() => sink.Dispose();
}
