using System.Runtime.InteropServices;
using System.Text;

namespace LeNetServe.Tests;

/// <summary>
/// Writes small ONNX classifiers byte by byte: input → (Cast) → Flatten → Gemm → (Softmax). Class k's score is the k-th row of
/// <see cref="Weights"/> times the pixels, plus the k-th <see cref="Bias"/>.
/// </summary>
internal sealed record TinyOnnx
{
    public int Channels { get; init; } = 1;
    public int Height { get; init; } = 4;
    public int Width { get; init; } = 4;
    public int Classes { get; init; } = 3;
    public bool UInt8 { get; init; }
    public bool Nhwc { get; init; }
    public int? FixedBatch { get; init; }
    public bool Softmax { get; init; } = true;

    /// <summary>The scores are logarithms, of which those of negative numbers are NaN.</summary>
    public bool Logarithm { get; init; }

    public float[]? Weights { get; init; }
    public float[]? Bias { get; init; }

    /// <summary>The bias in 64 bits, which the graph casts to 32.</summary>
    public double[]? DoubleBias { get; init; }

    public int ExtraInputs { get; init; }

    /// <summary>The location of the weights in a file beside the model, such as <c>weights.bin</c>; null keeps them inside.</summary>
    public string? DataLocation { get; init; }

    /// <summary>The position of the weights in that file.</summary>
    public int DataOffset { get; init; }

    /// <summary>Leaves out the length in the model's entry; it then follows from the shape.</summary>
    public bool DataWithoutLength { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public int Pixels => Channels * Height * Width;

    /// <summary>Creates weights that make class k the sum of the image's k-th stripe, times <paramref name="scale"/>.</summary>
    public float[] Stripes(float scale = 0.01f) =>
        [.. from k in Enumerable.Range(0, Classes) from p in Enumerable.Range(0, Pixels) select p * Classes / Pixels == k ? scale : 0f];

    /// <summary>Creates a model whose first score is NaN for an image that is bright at its first pixel and dark at its second.</summary>
    public TinyOnnx WithNaN() => this with
    {
        Logarithm = true,
        Weights = [-1, 1, .. new float[(Classes * Pixels) - 2]],
        Bias = [.. Enumerable.Repeat(1f, Classes)],
    };

    public byte[] ToBytes()
    {
        var graph = new Message();
        var flattenInput = "pixels";
        if (UInt8)
        {
            graph.Add(1, Node("Cast", ["pixels"], "cast", IntAttribute("to", 1)));
            flattenInput = "cast";
        }
        if (DoubleBias is not null)
            graph.Add(1, Node("Cast", ["b64"], "b", IntAttribute("to", 1)));
        graph.Add(1, Node("Flatten", [flattenInput], "flat", IntAttribute("axis", 1)));
        graph.Add(1, Node("Gemm", ["flat", "w", "b"], Softmax || Logarithm ? "scores" : "output", IntAttribute("transB", 1)));
        if (Logarithm)
            graph.Add(1, Node("Log", ["scores"], "output", attribute: null));
        else if (Softmax)
            graph.Add(1, Node("Softmax", ["scores"], "output", IntAttribute("axis", 1)));
        graph.Add(2, "tiny");
        graph.Add(5, DataLocation is null ? Tensor("w", [Classes, Pixels], Weights ?? Stripes()) : ExternalTensor("w", [Classes, Pixels]));
        graph.Add(5, DoubleBias is { } doubles
            ? new Message().Add(1, Classes).Add(2, 11).Add(8, "b64").Add(9, MemoryMarshal.AsBytes<double>(doubles).ToArray())
            : Tensor("b", [Classes], Bias ?? new float[Classes]));
        int[] shape = Nhwc ? [Height, Width, Channels] : [Channels, Height, Width];
        graph.Add(11, Value("pixels", UInt8 ? 2 : 1, shape));
        for (var extra = 0; extra < ExtraInputs; extra++)
            graph.Add(11, Value($"extra{extra}", 1, shape));
        graph.Add(12, Value("output", 1, [Classes]));
        var model = new Message().Add(1, 7).Add(7, graph).Add(8, new Message().Add(1, "").Add(2, 13));
        foreach (var (key, value) in Metadata)
            model.Add(14, new Message().Add(1, key).Add(2, value));
        return model.ToArray();
    }

    /// <summary>Returns the content of the file beside the model.</summary>
    public byte[] ToData() => [.. Enumerable.Repeat((byte)7, DataOffset), .. MemoryMarshal.AsBytes<float>(Weights ?? Stripes())];

    /// <summary>Creates a directory and writes <c>model.onnx</c> into it.</summary>
    public string Write(string directory, string? labels = null)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "model.onnx");
        File.WriteAllBytes(path, ToBytes());
        if (DataLocation is not null)
            File.WriteAllBytes(Path.Combine(directory, DataLocation), ToData());
        if (labels is not null)
            File.WriteAllText(Path.Combine(directory, "labels.txt"), labels);
        return path;
    }

    private Message Value(string name, int elementType, int[] rest)
    {
        var batch = FixedBatch is { } size ? new Message().Add(1, size) : new Message().Add(2, "N");
        var shape = new Message().Add(1, batch);
        foreach (var dimension in rest)
            shape.Add(1, new Message().Add(1, dimension));
        return new Message().Add(1, name).Add(2, new Message().Add(1, new Message().Add(1, elementType).Add(2, shape)));
    }

    private static Message Node(string type, string[] inputs, string output, Message? attribute)
    {
        var node = new Message();
        foreach (var input in inputs)
            node.Add(1, input);
        node.Add(2, output).Add(3, output).Add(4, type);
        return attribute is null ? node : node.Add(5, attribute);
    }

    private static Message IntAttribute(string name, long value) => new Message().Add(1, name).Add(3, value).Add(20, 2);

    private Message ExternalTensor(string name, int[] dimensions)
    {
        var tensor = new Message();
        foreach (var dimension in dimensions)
            tensor.Add(1, dimension);
        tensor.Add(2, 1).Add(8, name).Add(13, Entry("location", DataLocation!)).Add(13, Entry("offset", $"{DataOffset}"));
        if (!DataWithoutLength)
            tensor.Add(13, Entry("length", $"{4 * Classes * Pixels}"));
        return tensor.Add(14, 1);
    }

    private static Message Entry(string key, string value) => new Message().Add(1, key).Add(2, value);

    private static Message Tensor(string name, int[] dimensions, float[] values)
    {
        var tensor = new Message();
        foreach (var dimension in dimensions)
            tensor.Add(1, dimension);
        return tensor.Add(2, 1).Add(8, name).Add(9, MemoryMarshal.AsBytes<float>(values).ToArray());
    }

    /// <summary>A protobuf message under construction.</summary>
    private sealed class Message
    {
        private readonly List<byte> bytes = [];

        public Message Add(int field, long value)
        {
            Varint((ulong)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

        public Message Add(int field, Message value) => Add(field, value.ToArray());

        public Message Add(int field, byte[] value)
        {
            Varint(((ulong)field << 3) | 2);
            Varint((ulong)value.Length);
            bytes.AddRange(value);
            return this;
        }

        public byte[] ToArray() => [.. bytes];

        private void Varint(ulong value)
        {
            while (value >= 0x80)
            {
                bytes.Add((byte)(value | 0x80));
                value >>= 7;
            }
            bytes.Add((byte)value);
        }
    }
}
