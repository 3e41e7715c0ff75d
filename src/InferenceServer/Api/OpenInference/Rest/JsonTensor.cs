using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>Reads tensor data: JSON numbers, booleans or strings, nested in any row-major way.</summary>
internal static class JsonTensor
{
    /// <summary>Appends an element, or all elements of a nested array, as raw tensor data.</summary>
    /// <exception cref="InferenceException">An element does not fit the tensor's type.</exception>
    public static void Append(ArrayBufferWriter<byte> buffer, JsonElement element, TensorDatatype datatype)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var inner in element.EnumerateArray())
                Append(buffer, inner, datatype);
            return;
        }
        if (datatype == TensorDatatype.Bytes)
        {
            AppendText(buffer, element);
            return;
        }
        var size = datatype.Size();
        if (!TryWrite(buffer.GetSpan(size), element, datatype))
            throw OpenInferenceErrors.Invalid(
                $"Unable to parse 'data': found {Shorten(element)}, expected a value of type {datatype.Name()}");
        buffer.Advance(size);
    }

    private static bool TryWrite(Span<byte> target, JsonElement element, TensorDatatype datatype)
    {
        if (datatype == TensorDatatype.Bool)
        {
            target[0] = element.ValueKind == JsonValueKind.True ? (byte)1 : (byte)0;
            return element.ValueKind is JsonValueKind.True or JsonValueKind.False;
        }
        if (element.ValueKind == JsonValueKind.Object)
            return TryWriteNonFinite(target, element, datatype);
        if (element.ValueKind != JsonValueKind.Number)
            return false;
        return datatype switch
        {
            // A number beyond the type's range is read as infinity.
            TensorDatatype.Fp32 => element.TryGetSingle(out var value) && float.IsFinite(value) && Put(target, value),
            TensorDatatype.Fp64 => element.TryGetDouble(out var value) && double.IsFinite(value) && Put(target, value),
            TensorDatatype.UInt8 => element.TryGetByte(out var value) && Put(target, value),
            TensorDatatype.Int8 => element.TryGetSByte(out var value) && Put(target, value),
            TensorDatatype.UInt16 => element.TryGetUInt16(out var value) && Put(target, value),
            TensorDatatype.Int16 => element.TryGetInt16(out var value) && Put(target, value),
            TensorDatatype.UInt32 => element.TryGetUInt32(out var value) && Put(target, value),
            TensorDatatype.Int32 => element.TryGetInt32(out var value) && Put(target, value),
            TensorDatatype.UInt64 => element.TryGetUInt64(out var value) && Put(target, value),
            TensorDatatype.Int64 => element.TryGetInt64(out var value) && Put(target, value),
            _ => false,
        };
    }

    private static bool Put<T>(Span<byte> target, T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(target, value);
        return true;
    }

    private static bool TryWriteNonFinite(Span<byte> target, JsonElement element, TensorDatatype datatype)
    {
        if (datatype is not (TensorDatatype.Fp32 or TensorDatatype.Fp64) || NonFiniteLiterals.Parse(element.GetRawText()) is not { } value)
            return false;
        return datatype == TensorDatatype.Fp32 ? Put(target, (float)value) : Put(target, value);
    }

    // JSON strings are text, so image files are base64. The first bytes of an image as text are never valid base64.
    private static void AppendText(ArrayBufferWriter<byte> buffer, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
            throw OpenInferenceErrors.Invalid($"Unable to parse 'data': found {Shorten(element)}, expected a string");
        byte[] bytes;
        try
        {
            bytes = Base64Text.Decode(element) ?? Encoding.UTF8.GetBytes(element.GetString()!);
        }
        catch (InvalidOperationException)
        {
            throw OpenInferenceErrors.Invalid("Unable to parse 'data': a string is not valid UTF-16");
        }
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(sizeof(uint)), (uint)bytes.Length);
        buffer.Advance(sizeof(uint));
        buffer.Write(bytes);
    }

    private static string Shorten(JsonElement element)
    {
        var text = element.GetRawText();
        if (NonFiniteLiterals.Parse(text) is { } number)
            return number.ToString(CultureInfo.InvariantCulture);
        return text.Length <= 40 ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, 40)}…");
    }
}
