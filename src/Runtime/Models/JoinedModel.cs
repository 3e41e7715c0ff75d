using System.Security.Cryptography;

namespace LeNetServe.Runtime.Models;

/// <summary>Writes a model anew with room for the values of its external tensors, and fills the room from the data files.</summary>
internal sealed class JoinedModel(byte[] source, IReadOnlyDictionary<OnnxPart, OnnxTensor> external)
{
    private const byte RawDataTag = (OnnxTensor.RawData << 3) | 2;
    private readonly List<(OnnxTensor Tensor, int At)> rooms = [];
    private byte[] target = [];

    /// <summary>Writes the model without the values.</summary>
    public byte[] Write(OnnxPart model)
    {
        target = new byte[Size(model)];
        _ = Write(model, 0);
        return target;
    }

    /// <summary>Reads a data file once, from its beginning to its end: hashes it and copies the values of the tensors in it.</summary>
    /// <exception cref="InvalidDataException">The file is too short for a tensor.</exception>
    public void Fill(string location, Stream file, IncrementalHash hash)
    {
        var tensors = rooms.Where(room => room.Tensor.Location == location).ToList();
        var buffer = new byte[1 << 16];
        var position = 0L;
        while (file.Read(buffer) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            foreach (var (tensor, at) in tensors)
            {
                var first = Math.Max(position, tensor.Offset);
                var last = Math.Min(position + read, tensor.Offset + tensor.Length);
                if (first < last)
                    buffer.AsSpan((int)(first - position), (int)(last - first)).CopyTo(target.AsSpan(at + (int)(first - tensor.Offset)));
            }
            position += read;
        }
        foreach (var (tensor, _) in tensors)
            if (tensor.Offset + tensor.Length > position)
                throw new InvalidDataException($"{location} has {position} bytes, and tensor \"{tensor.Name}\" takes "
                    + $"{tensor.Length} of them from {tensor.Offset}: the file is cut or belongs to another model");
    }

    private int Size(OnnxPart part)
    {
        if (external.TryGetValue(part, out var tensor))
            return checked(Kept(part).Sum(field => field.Length) + 1 + ProtobufFields.VarintSize((int)tensor.Length) + (int)tensor.Length);
        var size = part.End - part.Start;
        foreach (var inner in part.Parts)
        {
            var content = Size(inner);
            size += ProtobufFields.VarintSize(content) + content - (inner.End - inner.LengthAt);
        }
        return size;
    }

    private int Write(OnnxPart part, int at)
    {
        if (external.TryGetValue(part, out var tensor))
            return WriteTensor(part, tensor, at);
        var copied = part.Start;
        foreach (var inner in part.Parts)
        {
            at = Copy(copied, inner.LengthAt, at);
            at += ProtobufFields.WriteVarint(target.AsSpan(at), Size(inner));
            at = Write(inner, at);
            copied = inner.End;
        }
        return Copy(copied, part.End, at);
    }

    private int WriteTensor(OnnxPart part, OnnxTensor tensor, int at)
    {
        foreach (var (start, length) in Kept(part))
            at = Copy(start, start + length, at);
        target[at++] = RawDataTag;
        at += ProtobufFields.WriteVarint(target.AsSpan(at), (int)tensor.Length);
        rooms.Add((tensor, at));
        return at + (int)tensor.Length;
    }

    private List<(int Start, int Length)> Kept(OnnxPart part)
    {
        var kept = new List<(int Start, int Length)>();
        var fields = new ProtobufFields(source, part.Start, part.End);
        while (fields.Next())
            if (fields.Number is not (OnnxTensor.ExternalData or OnnxTensor.DataLocation or OnnxTensor.RawData))
                kept.Add((fields.TagAt, fields.End - fields.TagAt));
        return kept;
    }

    private int Copy(int from, int to, int at)
    {
        source.AsSpan(from, to - from).CopyTo(target.AsSpan(at));
        return at + to - from;
    }
}
