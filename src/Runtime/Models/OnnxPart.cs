namespace LeNetServe.Runtime.Models;

/// <summary>A message of an ONNX file that is or holds a tensor. Field numbers are those of the standard's <c>onnx.proto</c>.</summary>
/// <param name="kind">The kind of message.</param>
/// <param name="lengthAt">The position of the message's length.</param>
/// <param name="start">The position of its content.</param>
/// <param name="end">The end of its content.</param>
internal sealed class OnnxPart(OnnxPart.Kind kind, int lengthAt, int start, int end)
{
    private const int MaxDepth = 64;

    /// <summary>The kinds of messages on the way to a tensor.</summary>
    internal enum Kind
    {
        Model,
        Function,
        Graph,
        Node,
        Attribute,
        SparseTensor,
        Tensor,
    }

    /// <summary>Gets the position of the message's length.</summary>
    public int LengthAt { get; } = lengthAt;

    /// <summary>Gets the position of the content.</summary>
    public int Start { get; } = start;

    /// <summary>Gets the end of the content.</summary>
    public int End { get; } = end;

    /// <summary>Gets the messages inside, in the file's order.</summary>
    public List<OnnxPart> Parts { get; } = [];

    /// <summary>Gets whether the message is a tensor of the model's own graph: a weight.</summary>
    public bool IsInitializer { get; private set; }

    /// <summary>Gets all tensors inside.</summary>
    public IEnumerable<OnnxPart> Tensors => kind == Kind.Tensor ? [this] : Parts.SelectMany(part => part.Tensors);

    /// <summary>Finds the tensors of a file.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a protobuf message.</exception>
    public static OnnxPart Read(ReadOnlySpan<byte> file)
    {
        var model = new OnnxPart(Kind.Model, 0, 0, file.Length);
        try
        {
            model.ReadParts(file, depth: 0);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"cannot open it as an ONNX model: {exception.Message}", exception);
        }
        return model;
    }

    private void ReadParts(ReadOnlySpan<byte> file, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException($"graphs inside graphs, more than {MaxDepth} levels deep");
        var fields = new ProtobufFields(file, Start, End);
        while (fields.Next())
        {
            if (!fields.HasLength || Inside(fields.Number) is not { } inner)
                continue;
            var part = new OnnxPart(inner, fields.LengthAt, fields.Start, fields.End)
            {
                IsInitializer = kind == Kind.Graph && inner == Kind.Tensor,
            };
            if (inner != Kind.Tensor)
                part.ReadParts(file, depth + 1);
            if (inner == Kind.Tensor || part.Parts.Count > 0)
                Parts.Add(part);
        }
    }

    private Kind? Inside(int field) => (kind, field) switch
    {
        (Kind.Model, 7) => Kind.Graph,
        (Kind.Model, 25) => Kind.Function,
        (Kind.Function, 7) => Kind.Node,
        (Kind.Graph, 1) => Kind.Node,
        (Kind.Graph, 5) => Kind.Tensor,
        (Kind.Graph, 15) => Kind.SparseTensor,
        (Kind.Node, 5) => Kind.Attribute,
        (Kind.Attribute, 5 or 10) => Kind.Tensor,
        (Kind.Attribute, 6 or 11) => Kind.Graph,
        (Kind.Attribute, 22 or 23) => Kind.SparseTensor,
        (Kind.SparseTensor, 1 or 2) => Kind.Tensor,
        _ => null,
    };
}
