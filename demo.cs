#!/usr/bin/env dotnet
#:project src/Client/Client.csproj
#:project src/LeNet/LeNet.csproj
#:package Spectre.Console

Console.WriteLine("The demo grows with the programs.");
